/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying and comparing: what <string.h> would have had.
 *
 * The empty asm statements keep the compiler from recognising a loop as memcpy or memset and
 * turning the function into a call of itself.
 */
#include "text.h"

#include <linux/errno.h>

void *memcpy(void *to, const void *from, unsigned long size)
{
	u8 *out = to;
	const u8 *in = from;

	for (; size; size--) {
		*out++ = *in++;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

void *memset(void *to, int byte, unsigned long size)
{
	u8 *out = to;

	for (; size; size--) {
		*out++ = (u8)byte;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

u64 text_length(const char *text)
{
	u64 length = 0;

	while (text[length])
		length++;
	return length;
}

int text_equal(const char *one, const char *other)
{
	while (*one && *one == *other)
		one++, other++;
	return *one == *other;
}

long text_copy(char *to, u64 size, const char *text)
{
	u64 length = text_length(text);

	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(to, text, length + 1);
	return (long)length;
}
