/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths that the container may not see or not write.
 *
 * Only the absence of the path itself is no error: it would be one if /dev/null were missing and
 * the path stayed readable for that reason (CVE-2025-31133).
 */
#include "mount.h"
#include "path.h"

#define NULL_MAJOR 1
#define NULL_MINOR 3

static int is_missing(long result)
{
	return result == -ENOENT || result == -ENOTDIR;
}

/*
 * /dev/null of the container, opened once and verified: /dev may be a volume that another container
 * can write to, and null in it a link to /proc/sys/kernel/core_pattern, which masking would make
 * writable.
 */
static long open_null(struct stub *stub)
{
	struct statx status;
	long null, result;

	if (stub->null >= 0)
		return 0;
	null = path_open(stub, "/dev/null", O_PATH | O_NOFOLLOW, 0);
	result = null < 0 ? null : path_status((int)null, &status);
	if (result >= 0 && S_ISCHR(status.stx_mode) && status.stx_rdev_major == NULL_MAJOR &&
	    status.stx_rdev_minor == NULL_MINOR) {
		stub->null = (int)null;
		return 0;
	}
	report_instead(&stub->reports, "invalid /dev/null");
	return result < 0 ? result : -EINVAL;
}

/* An empty file system that stays empty: its one inode is the root. */
static long make_empty(struct stub *stub)
{
	u64 attributes =
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	long context = file_system_open(stub, "tmpfs");
	long result;

	if (context < 0)
		return context;
	result = file_system_set(stub, (int)context, "nr_blocks=1");
	if (result >= 0)
		result = file_system_set(stub, (int)context, "nr_inodes=1");
	if (result >= 0)
		result = file_system_mount(stub, (int)context, "tmpfs", attributes);
	return file_system_close(stub, (int)context, result);
}

static long cover_file(struct stub *stub, int target, const char *path)
{
	long result = open_null(stub);
	long mount;

	if (result < 0)
		return result;
	mount = mount_clone(stub, stub->null, 0, "/dev/null");
	if (mount < 0)
		return mount;
	result = mount_move(stub, (int)mount, target, path);
	sys(close, mount);
	return result;
}

/* Kernels before 6.15 clone only what is attached: the first is the original, later ones clones. */
long mount_cover(struct stub *stub, int target, const char *path)
{
	long mount = stub->empty < 0 ? make_empty(stub) : mount_clone(stub, stub->empty, 0, path);
	long result;

	if (mount < 0)
		return mount;
	result = mount_move(stub, (int)mount, target, path);
	if (stub->empty < 0)
		stub->empty = (int)mount;
	else
		sys(close, mount);
	return result;
}

long mask_path(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	long target = path_open(stub, path, O_PATH, 0);
	struct statx status;
	long result;

	if (is_missing(target))
		return 0;
	if (target < 0)
		return target;
	result = called(&stub->reports, "statx", path, path_status((int)target, &status));
	if (result >= 0)
		result = S_ISDIR(status.stx_mode) ? mount_cover(stub, (int)target, path)
						  : cover_file(stub, (int)target, path);
	sys(close, target);
	return result;
}

/* Only the topmost mount: a submount keeps its own flags, as with a read-only bind mount. */
long make_path_readonly(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	long target = path_open(stub, path, O_PATH, 0);
	long mount, result;

	if (is_missing(target))
		return 0;
	if (target < 0)
		return target;
	mount = mount_clone(stub, (int)target, AT_RECURSIVE, path);
	if (mount < 0)
		return mount;
	result = mount_make_readonly(stub, (int)mount, path);
	if (result >= 0)
		result = mount_move(stub, (int)mount, (int)target, path);
	sys(close, mount);
	sys(close, target);
	return result;
}
