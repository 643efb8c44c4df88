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
#define VALUE_MAX  4096 /* of what is compared: a page, as much as most files take at once */

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

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Past the spaces, to the next word. */
static const char *skip_spaces(const char *text)
{
	while (is_space(*text))
		text++;
	return text;
}

/* Whether the words of `start` are the first ones of `text`: the kernel parts them by tabs. */
static int begins_with(const char *text, const char *start)
{
	text = skip_spaces(text);
	start = skip_spaces(start);
	while (*start) {
		while (*start && !is_space(*start))
			if (*text++ != *start++)
				return 0;
		if (*text && !is_space(*text))
			return 0;
		text = skip_spaces(text);
		start = skip_spaces(start);
	}
	return 1;
}

static u64 count_words(const char *text)
{
	u64 words = 0;

	for (text = skip_spaces(text); *text; text = skip_spaces(text), words++)
		while (*text && !is_space(*text))
			text++;
	return words;
}

/* What a file says, as a string; whether it can be read at all. */
static int read_value(int file, char *value)
{
	long size = sys(pread64, file, value, VALUE_MAX - 1, 0);

	value[size < 0 ? 0 : size] = 0;
	return size >= 0;
}

/*
 * The kernel words many values anew (tabs for spaces, milliseconds in ticks), so another value than
 * the one that was written need not be wrong. But one that is still what it was before is, and
 * so is one with fewer words.
 */
static int is_taken(const char *before, const char *asked, const char *after)
{
	return count_words(asked) <= count_words(after) &&
	       (begins_with(after, asked) || !text_equal(before, after));
}

static long write_whole(int file, const char *value)
{
	u64 length = text_length(value);
	long result = sys(write, file, value, length);

	return result >= 0 && (u64)result < length ? -EIO : result;
}

static long write_verified(struct stub *stub, int file, const char *path, const char *value)
{
	char before[VALUE_MAX], after[VALUE_MAX];
	int readable = read_value(file, before);
	long result = called(&stub->reports, "write", path, write_whole(file, value));

	if (result < 0 || !readable || !read_value(file, after) || is_taken(before, value, after))
		return result;
	called(&stub->reports, "write", path, -EINVAL);
	explain(&stub->reports, ": not taken, the value is ");
	explain(&stub->reports, after);
	return -EINVAL;
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

long procfs_write(struct stub *stub, const char *path, const char *value)
{
	char below[PATH_MAX];
	long result = path_below(stub, path, below);
	long file;

	if (result < 0)
		return result;
	file = open_below(stub->procfs, below, O_RDWR);
	/* There are some that can only be written, such as net/ipv4/route/flush. */
	if (file == -EACCES)
		file = open_below(stub->procfs, below, O_WRONLY);
	if (file < 0)
		return called(&stub->reports, "openat2", path, file);
	result = write_verified(stub, (int)file, path, value);
	sys(close, file);
	return result;
}
