/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cgroups of a container: hybrid, version 1 or version 2, as this machine has them. Each
 * hierarchy's directory is opened once; what is below it, by name.
 */
#include "meter.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What Berth allows every container: all of mknod, the default devices, terminals, net/tun. */
static const char *const devices_allowed[] = {
	"c *:* m",   "b *:* m",   "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",   "c 1:8 rwm",
	"c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm", "c 10:200 rwm",
	0,
};

static int is_directory(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

/* A line of /proc/PID/cgroup: "4:memory:/path", "9:name=systemd:/path" or "0::/path". */
static void add(struct cgroups *cgroups, char *line, const char *name)
{
	struct cgroup *cgroup = &cgroups->all[cgroups->count];
	char *controllers = strchr(line, ':') + 1;
	char *path = strchr(controllers, ':') + 1;
	char mount[64];

	path[-1] = 0;
	path[strcspn(path, "\n")] = 0;
	cgroup->is_unified = !*controllers;
	if (!strncmp(controllers, "name=", 5))
		controllers += 5;
	if (cgroup->is_unified && is_directory("/sys/fs/cgroup/unified"))
		controllers = "unified";
	snprintf(cgroup->directory, sizeof(cgroup->directory), "%s", controllers);
	snprintf(mount, sizeof(mount), "/sys/fs/cgroup/%s", controllers);
	cgroup->hierarchy = open(mount, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (cgroup->hierarchy < 0)
		return; /* known to the kernel, but mounted nowhere */
	snprintf(cgroup->name, sizeof(cgroup->name), "%s", name ? name : path + 1);
	cgroups->count++;
}

static void read_file(struct cgroups *cgroups, const char *pid, const char *name)
{
	char file[64];
	char line[512];
	FILE *lines;

	snprintf(file, sizeof(file), "/proc/%s/cgroup", pid);
	lines = fopen(file, "re");
	if (!lines)
		fail("fopen", file);
	while (cgroups->count < HIERARCHIES_MAX && fgets(line, sizeof(line), lines))
		add(cgroups, line, name);
	fclose(lines);
}

void cgroups_of(struct cgroups *cgroups, const char *pid)
{
	read_file(cgroups, pid, 0);
}

void cgroups_named(struct cgroups *cgroups, const char *name)
{
	read_file(cgroups, "self", name);
}

static long try_open(const struct cgroup *cgroup, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, cgroup->hierarchy, path, &how, sizeof(how));
}

static void join(char *path, size_t size, const char *directory, const char *file)
{
	snprintf(path, size, "%s%s%s", directory, *file ? "/" : "", file);
}

static int open_below(const struct cgroup *cgroup, const char *directory, const char *file,
		      uint64_t flags)
{
	char path[PATH_LENGTH];

	join(path, sizeof(path), directory, file);
	return (int)must(try_open(cgroup, path, flags), "openat2", path);
}

int cgroup_open(const struct cgroup *cgroup, const char *file, uint64_t flags)
{
	char path[PATH_LENGTH];

	join(path, sizeof(path), cgroup->name, file);
	return (int)try_open(cgroup, path, flags);
}

static void write_file(const struct cgroup *cgroup, const char *name, const char *text)
{
	int file = open_below(cgroup, cgroup->name, name, O_WRONLY);

	call(name, write, file, text, strlen(text));
	close(file);
}

static void read_below(const struct cgroup *cgroup, const char *directory, const char *name,
		       char *text, size_t size)
{
	int file = open_below(cgroup, directory, name, O_RDONLY);
	long length = call(name, read, file, text, size - 1);

	text[length] = 0;
	call(name, read, file, text + length, size - 1 - (size_t)length);
	close(file);
}

/* A new cpuset of version 1 has no processors and no memory, and takes no process. */
static void inherit(const struct cgroup *cgroup, const char *name)
{
	char text[256];

	read_below(cgroup, cgroup->name, name, text, sizeof(text));
	if (*text != '\n')
		return;
	read_below(cgroup, ".", name, text, sizeof(text));
	write_file(cgroup, name, text);
}

static void allow_devices(const struct cgroup *cgroup)
{
	write_file(cgroup, "devices.deny", "a");
	for (const char *const *rule = devices_allowed; *rule; rule++)
		write_file(cgroup, "devices.allow", *rule);
}

void cgroups_make(const struct cgroups *cgroups)
{
	for (int i = 0; i < cgroups->count; i++) {
		const struct cgroup *cgroup = &cgroups->all[i];

		call(cgroup->directory, mkdirat, cgroup->hierarchy, cgroup->name, 0755);
		if (!strcmp(cgroup->directory, "cpuset")) {
			inherit(cgroup, "cpuset.cpus");
			inherit(cgroup, "cpuset.mems");
		} else if (!strcmp(cgroup->directory, "devices")) {
			allow_devices(cgroup);
		}
	}
}

void cgroups_open(const struct cgroups *cgroups, int *descriptors)
{
	for (int i = 0; i < cgroups->count; i++) {
		const struct cgroup *cgroup = &cgroups->all[i];

		descriptors[i] =
			cgroup->is_unified
				? open_below(cgroup, cgroup->name, "", O_PATH | O_DIRECTORY)
				: open_below(cgroup, cgroup->name, "cgroup.procs", O_WRONLY);
	}
}

int cgroups_unified(const struct cgroups *cgroups, const int *descriptors)
{
	for (int i = 0; i < cgroups->count; i++)
		if (cgroups->all[i].is_unified)
			return descriptors[i];
	return -1;
}

void cgroups_join(const struct cgroups *cgroups, const int *descriptors)
{
	for (int i = 0; i < cgroups->count; i++)
		if (!cgroups->all[i].is_unified)
			call(cgroups->all[i].directory, write, descriptors[i], "0", 1);
}

void cgroups_close(const struct cgroups *cgroups, const int *descriptors)
{
	for (int i = 0; i < cgroups->count; i++)
		close(descriptors[i]);
}

void cgroups_remove(const struct cgroups *cgroups)
{
	for (int i = 0; i < cgroups->count; i++)
		unlinkat(cgroups->all[i].hierarchy, cgroups->all[i].name, AT_REMOVEDIR);
}
