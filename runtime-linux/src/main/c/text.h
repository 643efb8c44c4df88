/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that end with a NUL. */
#pragma once

#include "types.h"

u64 text_length(const char *text);
int text_equal(const char *one, const char *other);

/* What follows `start` in text, or null where text does not start with it. */
const char *text_after(const char *text, const char *start);

/* Returns the length, or -ENAMETOOLONG where text and its NUL do not fit into size bytes. */
long text_copy(char *to, u64 size, const char *text);
