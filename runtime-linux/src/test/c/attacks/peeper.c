/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first process of a hostile container: looks at every other process that appears in /proc, as
 * fast as it can, until it gets SIGTERM, and then tells what it saw.
 *
 *	peeper PROGRAM	what a process may be seen to run
 *
 * Every process but this one comes from outside and joins the container. Until it has executed its
 * program, its files must not be readable: one of them may be a way to the host.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static long looks, hidden, programs;

static void tell(int signal)
{
	(void)signal;
	told = 1;
}

static void caught(const char *path, const char *target)
{
	printf("caught %s -> %s\n", path, target);
	fflush(stdout);
}

/* Whether the link can be read now; target gets what it says. */
static int read_link(const char *path, char *target, size_t size)
{
	ssize_t length = readlink(path, target, size - 1);

	if (length < 0)
		return 0;
	target[length] = 0;
	return 1;
}

/* Descriptors beyond the standard three, that can be read or opened; the program has none. */
static void look_at_descriptors(const char *pid)
{
	char path[64], target[4096];

	for (int number = 3; number < 64; number++) {
		int file;

		snprintf(path, sizeof(path), "/proc/%s/fd/%d", pid, number);
		if (read_link(path, target, sizeof(target)))
			caught(path, target);
		file = open(path, O_RDONLY | O_NONBLOCK);
		if (file >= 0) {
			caught(path, "opened");
			close(file);
		}
	}
}

static void look_at(const char *pid, const char *program)
{
	char path[64], target[4096];

	looks++;
	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	if (!read_link(path, target, sizeof(target)))
		hidden++;
	else if (strcmp(target, program))
		caught(path, target);
	else
		programs++;
	look_at_descriptors(pid);
	snprintf(path, sizeof(path), "/proc/%s/cwd", pid);
	if (read_link(path, target, sizeof(target)) && strcmp(target, "/"))
		caught(path, target);
	snprintf(path, sizeof(path), "/proc/%s/root", pid);
	if (read_link(path, target, sizeof(target)) && strcmp(target, "/"))
		caught(path, target);
}

int main(int argc, char **argv)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (argc != 2 || !proc)
		return 2;
	signal(SIGTERM, tell);
	puts("looking");
	fflush(stdout);
	while (!told) {
		rewinddir(proc);
		while ((entry = readdir(proc)))
			if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			    atoi(entry->d_name) != 1)
				look_at(entry->d_name, argv[1]);
		while (waitpid(-1, 0, WNOHANG) > 0)
			;
	}
	printf("looks %s, hidden %s, programs %s\n", looks ? "some" : "none", hidden ? "some" : "none",
	       programs ? "some" : "none");
	return 0;
}
