/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that end with a NUL. */
#include "text.h"

#include <linux/errno.h>

#include "memory.h"

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

const char *text_after(const char *text, const char *start)
{
	while (*start && *text == *start)
		text++, start++;
	return *start ? 0 : text;
}

long text_copy(char *to, u64 size, const char *text)
{
	u64 length = text_length(text);

	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(to, text, length + 1);
	return (long)length;
}
