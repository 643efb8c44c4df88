/* SPDX-License-Identifier: Apache-2.0 */
/* Takes as many huge pages of 2 MiB as its argument says, one by one, and says how many it got and why no more. With a
 * second argument it does not reserve them: too many are a SIGBUS when they are written to. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SIZE = 2 << 20 };

int main(int argc, char **argv)
{
	int wanted = argc > 1 ? atoi(argv[1]) : 1, got = 0;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (argc > 2 ? MAP_NORESERVE : 0);

	for (; got < wanted; got++) {
		char *page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
		if (page == MAP_FAILED)
			break;
		page[0] = 1;
	}
	printf("%d: %s\n", got, got < wanted ? strerror(errno) : "all");
	return 0;
}
