/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills a new file system with what is in the directory that it will cover.
 *
 * The directory may be a volume that somebody else changes meanwhile. So every entry is opened by
 * its name alone in a directory that is open, and no link is followed; and the copy is a file system
 * that nobody else can reach yet.
 */
#include "memory.h"
#include "mount.h"
#include "path.h"
#include "text.h"

#define DEPTH_MAX      1024 /* of directories in each other; two descriptors each */
#define ENTRIES_SIZE   4096
#define ATTRIBUTE_SIZE (1 << 16) /* XATTR_LIST_MAX, XATTR_SIZE_MAX */
#define AT_ONCE	       (1ul << 30)

/* struct linux_dirent64 is the kernel's own, not exported. */
struct entry {
	u64 inode;
	u64 offset;
	unsigned short length;
	u8 type;
	char name[];
};

_Static_assert(__builtin_offsetof(struct entry, name) == 19, "struct linux_dirent64");

struct level {
	int from;
	int to;
	struct statx status; /* of `from`, to be given to `to` in the end */
	u64 at;
	u64 end;
	__attribute__((aligned(8))) u8 entries[ENTRIES_SIZE];
};

struct copy {
	struct stub *stub;
	u64 depth;
	struct level levels[DEPTH_MAX];
	char names[ATTRIBUTE_SIZE];
	u8 value[ATTRIBUTE_SIZE];
};

struct time {
	long seconds;
	long nanoseconds;
};

static struct reports *reports_of(struct copy *copy)
{
	return &copy->stub->reports;
}

static void times_of(const struct statx *status, struct time *times)
{
	times[0] = (struct time){status->stx_atime.tv_sec, status->stx_atime.tv_nsec};
	times[1] = (struct time){status->stx_mtime.tv_sec, status->stx_mtime.tv_nsec};
}

/* EOPNOTSUPP: a tmpfs has no user.* before Linux 6.6, and none at all if it was built without. */
static long copy_attributes(struct copy *copy, int from, int to)
{
	long names = sys(flistxattr, from, copy->names, ATTRIBUTE_SIZE);
	const char *name = copy->names;

	if (names == -EOPNOTSUPP)
		return 0;
	if (names < 0)
		return called(reports_of(copy), "flistxattr", 0, names);
	for (; name < copy->names + names; name += text_length(name) + 1) {
		long size = sys(fgetxattr, from, name, copy->value, ATTRIBUTE_SIZE);
		long result = size;

		if (size >= 0)
			result = sys(fsetxattr, to, name, copy->value, size, 0);
		if (result < 0 && result != -EOPNOTSUPP && result != -ENODATA)
			return called(reports_of(copy), "fsetxattr", name, result);
	}
	return 0;
}

/* The mode after the owner, since a change of that takes set-user-id and set-group-id away. */
static long copy_status(struct copy *copy, int from, int to, const struct statx *status)
{
	long result = called(reports_of(copy), "fchown", 0,
			     sys(fchown, to, status->stx_uid, status->stx_gid));

	if (result >= 0)
		result = called(reports_of(copy), "fchmod", 0,
				sys(fchmod, to, status->stx_mode & ~S_IFMT));
	return result < 0 ? result : copy_attributes(copy, from, to);
}

static long set_times(struct copy *copy, int to, const struct statx *status)
{
	struct time times[2];

	times_of(status, times);
	return called(reports_of(copy), "utimensat", 0, sys(utimensat, to, 0, times, 0));
}

static long copy_content(struct copy *copy, int from, int to, const char *name)
{
	long result;

	do {
		result = sys(sendfile, to, from, 0, AT_ONCE);
	} while (result > 0);
	return called(reports_of(copy), "sendfile", name, result);
}

/* It may have become something else since it was looked at; O_NONBLOCK: a pipe, for example. */
static long open_file(struct copy *copy, int directory, const char *name, struct statx *status)
{
	long file = called(reports_of(copy), "openat", name,
			   sys(openat, directory, name,
			       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
	long result;

	if (file < 0)
		return file;
	result = path_status((int)file, status);
	if (result >= 0 && !S_ISREG(status->stx_mode))
		result = -ESTALE;
	if (result < 0) {
		sys(close, file);
		return called(reports_of(copy), "openat", name, result);
	}
	return file;
}

static long copy_file(struct copy *copy, const struct level *level, const char *name)
{
	struct statx status;
	long from = open_file(copy, level->from, name, &status);
	long to, result;

	if (from < 0)
		return from;
	to = called(reports_of(copy), "openat", name,
		    sys(openat, level->to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	result = to;
	if (to >= 0) {
		result = copy_content(copy, (int)from, (int)to, name);
		if (result >= 0)
			result = copy_status(copy, (int)from, (int)to, &status);
		if (result >= 0)
			result = set_times(copy, (int)to, &status);
		sys(close, to);
	}
	sys(close, from);
	return result;
}

/* Goes down into the directory `node`, whose copy is the entry `name` of `parent`. */
static long enter(struct copy *copy, int node, int parent, const char *name,
		  const struct statx *status)
{
	struct level *level = &copy->levels[copy->depth];
	long from, to;

	if (copy->depth == DEPTH_MAX) {
		report_instead(reports_of(copy), "directories are more than 1024 deep");
		return -ENAMETOOLONG;
	}
	from = called(reports_of(copy), "openat", name,
		      sys(openat, node, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (from < 0)
		return from;
	to = called(reports_of(copy), "openat", name,
		    sys(openat, parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (to < 0) {
		sys(close, from);
		return to;
	}
	level->from = (int)from;
	level->to = (int)to;
	level->status = *status;
	level->at = 0;
	level->end = 0;
	copy->depth++;
	return 0;
}

static long copy_directory(struct copy *copy, const struct level *level, int node,
			   const char *name, const struct statx *status)
{
	long result = called(reports_of(copy), "mkdirat", name, sys(mkdirat, level->to, name, 0700));

	return result < 0 ? result : enter(copy, node, level->to, name, status);
}

static long leave_directory(struct copy *copy)
{
	struct level *level = &copy->levels[--copy->depth];
	long result = 0;

	/* What is covered may keep its own owner and mode: COPY_OWNER, COPY_MODE. */
	if (copy->depth)
		result = copy_status(copy, level->from, level->to, &level->status);
	else
		result = copy_attributes(copy, level->from, level->to);
	if (result >= 0)
		result = set_times(copy, level->to, &level->status);
	sys(close, level->from);
	sys(close, level->to);
	return result;
}

static long copy_link(struct copy *copy, int to, int node, const char *name)
{
	char content[PATH_MAX];
	long size = called(reports_of(copy), "readlinkat", name,
			   sys(readlinkat, node, "", content, sizeof(content) - 1));

	if (size < 0)
		return size;
	content[size] = 0;
	return called(reports_of(copy), "symlinkat", name, sys(symlinkat, content, to, name));
}

static long copy_node(struct copy *copy, int to, const char *name, const struct statx *status)
{
	u64 minor = status->stx_rdev_minor;
	u64 number = (minor & 0xff) | (u64)status->stx_rdev_major << 8 | (minor & ~0xfful) << 12;

	return called(reports_of(copy), "mknodat", name,
		      sys(mknodat, to, name, status->stx_mode, number));
}

/* What is no file and no directory: nothing of it can be opened. */
static long copy_special(struct copy *copy, const struct level *level, int node, const char *name,
			 const struct statx *status)
{
	struct time times[2];
	long result = S_ISLNK(status->stx_mode) ? copy_link(copy, level->to, node, name)
						: copy_node(copy, level->to, name, status);

	if (result >= 0)
		result = called(reports_of(copy), "fchownat", name,
				sys(fchownat, level->to, name, status->stx_uid, status->stx_gid,
				    AT_SYMLINK_NOFOLLOW));
	if (result < 0)
		return result;
	times_of(status, times);
	return called(reports_of(copy), "utimensat", name,
		      sys(utimensat, level->to, name, times, AT_SYMLINK_NOFOLLOW));
}

static long copy_entry(struct copy *copy, const char *name)
{
	const struct level *level = &copy->levels[copy->depth - 1];
	long node = sys(openat, level->from, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statx status;
	long result;

	if (node == -ENOENT) /* somebody has removed it */
		return 0;
	if (node < 0)
		return called(reports_of(copy), "openat", name, node);
	result = called(reports_of(copy), "statx", name, path_status((int)node, &status));
	if (result < 0)
		;
	else if (S_ISDIR(status.stx_mode))
		result = copy_directory(copy, level, (int)node, name, &status);
	else if (S_ISREG(status.stx_mode))
		result = copy_file(copy, level, name);
	else
		result = copy_special(copy, level, (int)node, name, &status);
	sys(close, node);
	return result;
}

/* The next entry of a directory, null at its end. */
static long next_entry(struct copy *copy, struct level *level, const char **name)
{
	*name = 0;
	if (level->at == level->end) {
		long size = called(reports_of(copy), "getdents64", 0,
				   sys(getdents64, level->from, level->entries, ENTRIES_SIZE));

		if (size <= 0)
			return size;
		level->at = 0;
		level->end = (u64)size;
	}
	*name = ((const struct entry *)(level->entries + level->at))->name;
	level->at += ((const struct entry *)(level->entries + level->at))->length;
	return 0;
}

/* Not by recursion, since the stack is small: a level for each directory on the way. */
static long copy_all(struct copy *copy)
{
	const char *name;
	long result = 0;

	while (copy->depth && result >= 0) {
		result = next_entry(copy, &copy->levels[copy->depth - 1], &name);
		if (result < 0)
			return result;
		if (!name)
			result = leave_directory(copy);
		else if (!text_equal(name, ".") && !text_equal(name, ".."))
			result = copy_entry(copy, name);
	}
	return result;
}

long copy_up(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	const char *path = next_string(fields);
	long covered = path_open(stub, path, O_PATH | O_DIRECTORY, 0);
	struct copy *copy;
	struct statx status;
	long result;

	if (covered == -ENOENT)
		return 0;
	if (covered < 0)
		return covered;
	copy = allocate(sizeof(*copy));
	if (!copy)
		return called(&stub->reports, "mmap", 0, -ENOMEM);
	copy->stub = stub;
	result = called(&stub->reports, "statx", path, path_status((int)covered, &status));
	if (result >= 0)
		result = enter(copy, (int)covered, mount, ".", &status);
	if (result >= 0)
		result = copy_all(copy);
	sys(close, covered);
	sys(munmap, copy, sizeof(*copy));
	return result;
}
