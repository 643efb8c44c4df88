/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroups of a container: hybrid, version 1 or version 2, as this machine has them. */
#include "meter.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A rule each for what config-linux.md, "Default Devices", and runc allow besides all of mknod. */
static const char *const devices_allowed[] = {
	"c *:* m",   "b *:* m",	  "c 1:3 rwm", "c 1:5 rwm",   "c 1:7 rwm", "c 1:8 rwm",
	"c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm", 0,
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
	if (!is_directory(mount))
		return; /* known to the kernel, but mounted nowhere */
	snprintf(cgroup->path, sizeof(cgroup->path), "%s/%s%s%s", mount, path, *name ? "/" : "",
		 name);
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
	read_file(cgroups, pid, "");
}

void cgroups_below(struct cgroups *cgroups, const char *name)
{
	read_file(cgroups, "self", name);
}

static void write_file(const struct cgroup *cgroup, const char *name, const char *text)
{
	char path[PATH_LENGTH];
	long file;

	snprintf(path, sizeof(path), "%s/%s", cgroup->path, name);
	file = call(path, openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
	call(path, write, file, text, strlen(text));
	call(path, close, file);
}

/* A new cpuset of version 1 has no processors and no memory, and takes no process. */
static void inherit(const struct cgroup *cgroup, const char *name)
{
	char path[PATH_LENGTH];
	char text[256];
	long file, size;

	snprintf(path, sizeof(path), "%s/../%s", cgroup->path, name);
	file = call(path, openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	size = call(path, read, file, text, sizeof(text) - 1);
	call(path, close, file);
	text[size] = 0;
	write_file(cgroup, name, text);
}

void cgroups_make(const struct cgroups *cgroups)
{
	for (int i = 0; i < cgroups->count; i++) {
		const struct cgroup *cgroup = &cgroups->all[i];

		call(cgroup->path, mkdirat, AT_FDCWD, cgroup->path, 0755);
		if (!strcmp(cgroup->directory, "cpuset")) {
			inherit(cgroup, "cpuset.cpus");
			inherit(cgroup, "cpuset.mems");
		} else if (!strcmp(cgroup->directory, "devices")) {
			write_file(cgroup, "devices.deny", "a");
			for (const char *const *rule = devices_allowed; *rule; rule++)
				write_file(cgroup, "devices.allow", *rule);
		}
	}
}

void cgroups_open(const struct cgroups *cgroups, int *descriptors)
{
	for (int i = 0; i < cgroups->count; i++) {
		const struct cgroup *cgroup = &cgroups->all[i];
		char path[PATH_LENGTH];

		snprintf(path, sizeof(path), "%s%s", cgroup->path,
			 cgroup->is_unified ? "" : "/cgroup.procs");
		descriptors[i] = (int)call(path, openat, AT_FDCWD, path,
					   O_CLOEXEC | (cgroup->is_unified ? O_PATH | O_DIRECTORY : O_WRONLY));
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
			call(cgroups->all[i].path, write, descriptors[i], "0", 1);
}

void cgroups_close(const struct cgroups *cgroups, const int *descriptors)
{
	for (int i = 0; i < cgroups->count; i++)
		call(cgroups->all[i].path, close, descriptors[i]);
}

void cgroups_remove(const struct cgroups *cgroups)
{
	for (int i = 0; i < cgroups->count; i++)
		rmdir(cgroups->all[i].path);
}
