/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation asks of the container's cgroups: version 1 or hybrid, or version 2. */
#include "meter.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <string.h>
#include <unistd.h>

struct figure {
	const char *controller; /* of version 1; empty for version 2, alone or beside it */
	const char *file;
};

static const struct figure frozen[] = {
	{"freezer", "freezer.state"},
	{"", "cgroup.events"},
	{0},
};

static const struct figure used[] = {
	{"", "cpu.stat"},
	{"blkio", "blkio.bfq.io_service_bytes_recursive"},
	{"blkio", "blkio.throttle.io_service_bytes_recursive"},
	{"memory", "memory.max_usage_in_bytes"},
	{"cpu", "cpu.stat"},
	{"pids", "pids.peak"},
	{0},
};

static const struct figure used_v2[] = {
	{"", "cpu.stat"},
	{"", "io.stat"},
	{"", "memory.peak"},
	{"", "pids.peak"},
	{0},
};

static const struct cgroup *find(const struct cgroups *cgroups, const char *controller)
{
	for (int i = 0; i < cgroups->count; i++) {
		const struct cgroup *cgroup = &cgroups->all[i];

		if (*controller ? !strcmp(cgroup->directory, controller) : cgroup->is_unified)
			return cgroup;
	}
	return 0;
}

/* Where a controller is not at work, there is no such file. */
static void look(const struct cgroups *cgroups, const struct figure *figures)
{
	for (; figures->file; figures++) {
		const struct cgroup *cgroup = find(cgroups, figures->controller);
		char text[4096];
		int file = cgroup ? cgroup_open(cgroup, figures->file, O_RDONLY) : -1;

		if (file < 0)
			continue;
		while (call(figures->file, read, file, text, sizeof(text)) > 0)
			continue;
		call(figures->file, close, file);
	}
}

static int is_v2(const struct cgroups *cgroups)
{
	return cgroups->count == 1 && cgroups->all[0].is_unified;
}

void figures_frozen(const struct cgroups *cgroups)
{
	look(cgroups, frozen);
}

/* Each cgroup of version 1 counts its own alone: are there others in it? */
void figures_killed(const struct cgroups *cgroups)
{
	static const struct figure killed[] = {{"memory", "memory.oom_control"}, {0}};
	static const struct figure killed_v2[] = {{"", "memory.events"}, {0}};
	const struct cgroup *memory = find(cgroups, "memory");
	struct statx status;
	int directory;

	look(cgroups, is_v2(cgroups) ? killed_v2 : killed);
	if (!memory)
		return;
	directory = cgroup_open(memory, "", O_RDONLY | O_DIRECTORY);
	call(memory->name, statx, directory, "", AT_EMPTY_PATH, STATX_NLINK, &status);
	call(memory->name, close, directory);
}

void figures_used(const struct cgroups *cgroups)
{
	look(cgroups, is_v2(cgroups) ? used_v2 : used);
}
