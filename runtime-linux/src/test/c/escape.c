/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape PATH...: gets out of a chroot(2), the well-known way, and says which of the paths there
 * are: a root that is below the working directory does not stop "..".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	mkdir("/jail", 0755);
	if (chroot("/jail")) {
		printf("chroot: %s\n", strerror(errno));
		return 0;
	}
	for (int i = 0; i < 64; i++)
		if (chdir(".."))
			return 1;
	if (chroot("."))
		return 1;
	for (int i = 1; i < argc; i++)
		printf("%s: %s\n", argv[i], access(argv[i], F_OK) ? "no" : "yes");
	return 0;
}
