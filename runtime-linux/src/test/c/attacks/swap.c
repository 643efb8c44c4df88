/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swap A B: exchanges two names as fast as it can, as a container does that shares a volume with
 * another one, until its standard input ends. Then says how often it did.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>

#define ROUNDS 64 /* an even number, so that at the end both are where they were */

int main(int argc, char **argv)
{
	struct pollfd input = {.fd = 0};
	unsigned long count = 0;

	if (argc != 3)
		errx(2, "usage: swap A B");
	puts("swapping");
	fflush(stdout);
	while (poll(&input, 1, 0) == 0)
		for (int i = 0; i < ROUNDS; i++, count++)
			if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE))
				err(1, "%s %s", argv[1], argv[2]);
	printf("%lu\n", count);
	return 0;
}
