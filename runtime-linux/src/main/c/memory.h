/* SPDX-License-Identifier: Apache-2.0 */
/* What a compiler takes for granted even without a libc. */
#pragma once

void *memcpy(void *to, const void *from, unsigned long size);
void *memset(void *to, int byte, unsigned long size);
