/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A procfs of the stub's own.
 *
 * The container's /proc is not one to write to: a volume, or the image, may have put a file system,
 * a link or another file of procfs where a label or a sysctl belongs, and the write then succeeds
 * without effect, or has one on the host (CVE-2019-16884, CVE-2025-52881). Therefore the stub
 * mounts procfs for itself, nowhere, before any mount of the container is made, and opens what is
 * in there by descriptors only.
 */
#include "procfs.h"

#include <asm/statfs.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>

#include "mount.h"
#include "path.h"
#include "text.h"

#define ROOT_INODE 1
#define VALUE_MAX  64 /* of what is read back */

static const char proc[] = "/proc";

/* A path below, with no step aside: not over a mount, not through any link. */
static long open_below(int directory, const char *path, u64 flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS,
	};

	return sys(openat2, directory, path, &how, sizeof(how));
}

static long mount_procfs(struct stub *stub, struct fields *fields)
{
	u64 options = next_number(fields);
	u64 attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	long context = file_system_open(stub, "proc");
	long result = 0;

	if (context < 0)
		return context;
	for (; options && result >= 0; options--)
		result = file_system_set(stub, (int)context, next_string(fields));
	if (result >= 0)
		result = file_system_mount(stub, (int)context, "proc", attributes);
	return file_system_close(stub, (int)context, result);
}

static int is_procfs(int directory)
{
	struct statfs file_system;
	struct statx status;

	return sys(fstatfs, directory, &file_system) >= 0 &&
	       file_system.f_type == PROC_SUPER_MAGIC && path_status(directory, &status) >= 0 &&
	       status.stx_ino == ROOT_INODE;
}

/*
 * A user namespace may mount procfs only with a PID namespace of its own, and only if nothing is
 * covered in the runtime's. Then that one has to do: no container's mount is there yet, and those
 * that somebody has put into it are not crossed.
 */
long open_procfs(struct stub *stub, struct fields *fields)
{
	long procfs = mount_procfs(stub, fields);

	if (procfs == -EPERM)
		procfs = called(&stub->reports, "openat", proc,
				sys(openat, AT_FDCWD, proc,
				    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (procfs < 0)
		return procfs;
	if (!is_procfs((int)procfs)) {
		stub->reports.report.length = 0;
		explain(&stub->reports, "/proc of the runtime is not a procfs");
		return -EINVAL;
	}
	stub->procfs = (int)procfs;
	return 0;
}

long close_procfs(struct stub *stub)
{
	long result = sys(close, stub->procfs);

	stub->procfs = -1;
	return result;
}

/*
 * The path below the root of the procfs. "self" in it is a link, if only to a number: that of this
 * process in the PID namespace of the procfs.
 */
static long path_below(struct stub *stub, const char *path, char *below)
{
	const char *rest = text_after(path, "/proc/");
	const char *own = text_after(path, "/proc/self/");
	long length;

	if (!rest)
		return -EINVAL;
	if (!own)
		return text_copy(below, PATH_MAX, rest);
	length = sys(readlinkat, stub->procfs, "self", below, PATH_MAX);
	if (length < 0)
		return called(&stub->reports, "readlinkat", "/proc/self", length);
	if (length >= PATH_MAX - 1)
		return -ENAMETOOLONG;
	below[length++] = '/';
	return text_copy(below + length, PATH_MAX - (u64)length, own);
}

static long open_file(struct stub *stub, const char *path, u64 flags)
{
	char below[PATH_MAX];
	long result = path_below(stub, path, below);

	if (result < 0)
		return result;
	return called(&stub->reports, "openat2", path, open_below(stub->procfs, below, flags));
}

/* The number of bytes written says how far the kernel took them for a value. */
static long write_whole(struct stub *stub, long file, const char *path, const char *value)
{
	u64 length = text_length(value);
	long result = sys(write, file, value, length);

	if (result >= 0 && (u64)result < length)
		result = -EINVAL;
	return called(&stub->reports, "write", path, result);
}

long procfs_write(struct stub *stub, const char *path, const char *value)
{
	long file = open_file(stub, path, O_WRONLY);
	long result;

	if (file < 0)
		return file;
	result = write_whole(stub, file, path, value);
	sys(close, file);
	return result;
}

/* Whether the file says `value`, and at most ends the line after it. */
static int reads_as(long file, const char *value)
{
	char read[VALUE_MAX];
	long size = sys(pread64, file, read, sizeof(read) - 1, 0);
	const char *rest;

	read[size < 0 ? 0 : size] = 0;
	rest = text_after(read, value);
	return rest && (!*rest || *rest == '\n');
}

long procfs_set(struct stub *stub, const char *path, const char *value)
{
	long file = open_file(stub, path, O_RDWR);
	long result;

	if (file < 0)
		return file;
	result = write_whole(stub, file, path, value);
	if (result >= 0 && !reads_as(file, value)) {
		called(&stub->reports, "write", path, -EIO);
		explain(&stub->reports, ": has no effect");
		result = -EIO;
	}
	sys(close, file);
	return result;
}

/* Not read back: the kernel words many values anew, with tabs for spaces, or in its own ticks. */
long set_sysctl(struct stub *stub, struct fields *fields)
{
	char path[PATH_MAX];
	long length = text_copy(path, sizeof(path), "/proc/sys/");

	if (text_copy(path + length, sizeof(path) - (u64)length, next_string(fields)) < 0)
		return -ENAMETOOLONG;
	return procfs_write(stub, path, next_string(fields));
}
