/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscall ENTRY NUMBER: makes a system call without arguments, and prints what the kernel returns.
 * The entry is "native", or on x86-64 "i386" or "x32".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long call(const char *entry, long number)
{
	long result;

#ifdef __x86_64__
	if (!strcmp(entry, "i386")) {
		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(number), "b"(0), "c"(0), "d"(0), "S"(0), "D"(0)
				 : "memory", "r8", "r9", "r10", "r11");
		return (int)result;
	}
	if (!strcmp(entry, "x32"))
		number |= 0x40000000;
#endif
	result = syscall(number, 0, 0, 0, 0, 0, 0);
	return result == -1 ? -errno : result;
}

int main(int count, char **arguments)
{
	if (count != 3)
		return 2;
	printf("%ld\n", call(arguments[1], strtol(arguments[2], 0, 10)));
	return 0;
}
