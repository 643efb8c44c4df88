/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroups deep LEVELS NAME DIRECTORY... | wide COUNT NAME DIRECTORY...: makes cgroups in the cgroup
 * of each directory, in each other or beside each other, and joins the last one. Then it says
 * "made" and waits.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_directory(int parent, const char *name)
{
	int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (directory < 0)
		err(1, "open %s", name);
	return directory;
}

static void join(int cgroup)
{
	int procs = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	if (procs < 0 || write(procs, "0", 1) != 1)
		err(1, "join");
	close(procs);
}

static int make(int parent, const char *name)
{
	if (mkdirat(parent, name, 0755))
		err(1, "mkdir %s", name);
	return open_directory(parent, name);
}

static void make_deep(int cgroup, long levels, const char *name)
{
	for (long i = 0; i < levels; i++) {
		int inner = make(cgroup, name);

		close(cgroup);
		cgroup = inner;
	}
	join(cgroup);
	close(cgroup);
}

static void make_wide(int cgroup, long count, const char *name)
{
	char numbered[NAME_MAX + 1];

	for (long i = 0; i < count; i++) {
		int inner;

		snprintf(numbered, sizeof(numbered), "%s%ld", name, i);
		inner = make(cgroup, numbered);
		if (i == count - 1)
			join(inner);
		close(inner);
	}
	close(cgroup);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		errx(2, "usage: cgroups deep|wide NUMBER NAME DIRECTORY...");
	for (int i = 4; i < argc; i++) {
		int cgroup = open_directory(AT_FDCWD, argv[i]);

		if (!strcmp(argv[1], "deep"))
			make_deep(cgroup, atol(argv[2]), argv[3]);
		else
			make_wide(cgroup, atol(argv[2]), argv[3]);
	}
	puts("made");
	fflush(stdout);
	for (;;)
		pause();
}
