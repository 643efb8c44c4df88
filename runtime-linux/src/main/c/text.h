/* SPDX-License-Identifier: Apache-2.0 */
/* What <string.h> would have had. */
#pragma once

#include "types.h"

/* The compiler calls these two on its own account, even when it compiles for no libc. */
void *memcpy(void *to, const void *from, unsigned long size);
void *memset(void *to, int byte, unsigned long size);

u64 text_length(const char *text);
int text_equal(const char *one, const char *other);

/* Returns the length, or -ENAMETOOLONG where text and its NUL do not fit into size bytes. */
long text_copy(char *to, u64 size, const char *text);
