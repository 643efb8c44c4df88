/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workload cpu MS | orphan MS | memory MIB | write FILE KIB | read FILE KIB: uses a known amount of
 * something.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 65536

static void burn(long milliseconds)
{
	struct timespec used;

	do {
		for (volatile int i = 0; i < 100000; i++)
			;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	} while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < milliseconds);
}

/* Leaves the time to a child that nobody waits for. */
static void burn_in_orphan(long milliseconds)
{
	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0) {
		burn(milliseconds);
		_exit(0);
	}
	wait(NULL); /* returns when there is none left, without a status and without its times */
}

static void touch(long mebibytes)
{
	size_t size = (size_t)mebibytes << 20;

	if (size == 0)
		return;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	memset(memory, 1, size);
}

/* Past the page cache, so that the device does it at once and for this process. */
static void transfer(const char *file, int flags, long kibibytes)
{
	int fd = open(file, flags | O_DIRECT, 0600);
	void *block = aligned_alloc(4096, BLOCK);
	long left = kibibytes << 10;
	ssize_t count;

	if (fd < 0)
		err(1, "open %s", file);
	memset(block, 1, BLOCK);
	do {
		count = (flags & O_ACCMODE) == O_RDONLY ? read(fd, block, BLOCK) : write(fd, block, BLOCK);
		if (count < 0)
			err(1, "%s", file);
		left -= count;
	} while (count > 0 && left > 0);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "cpu") == 0)
		burn(atol(argv[2]));
	else if (strcmp(what, "orphan") == 0)
		burn_in_orphan(atol(argv[2]));
	else if (strcmp(what, "memory") == 0)
		touch(atol(argv[2]));
	else if (strcmp(what, "write") == 0)
		transfer(argv[2], O_WRONLY | O_CREAT | O_TRUNC, atol(argv[3]));
	else if (strcmp(what, "read") == 0)
		transfer(argv[2], O_RDONLY, atol(argv[3]));
	else
		errx(2, "no such workload: %s", what);
	return 0;
}
