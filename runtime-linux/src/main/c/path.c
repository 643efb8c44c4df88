/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside the container's root: the only file that resolves them.
 *
 * An image, or another container with the same volume, decides what is a symbolic link in there, and
 * may change its mind between any two system calls. Therefore nothing is looked at by path and then
 * used by path: the kernel resolves with RESOLVE_IN_ROOT, which treats the root as chroot(2) would,
 * and what comes out is a descriptor. A name is only ever made in a directory that was opened that
 * way, by calls that do not follow a link in the last component.
 */
#include "path.h"

#include <linux/openat2.h>

#include "text.h"

#define LINKS_MAX 40 /* as path_resolution(7) */
#define TRIES_MAX 128

long path_open(struct stub *stub, const char *path, u64 flags, u64 resolve)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long result = -EAGAIN;

	/*
	 * EAGAIN: something was renamed or mounted anywhere on the machine while the kernel
	 * followed a "..", and it cannot tell whether the path is still within the root. On a busy
	 * machine that happens; for ever, it happens only to the victim of an attack.
	 */
	for (int tries = 0; result == -EAGAIN && tries < TRIES_MAX; tries++)
		result = sys(openat2, stub->root, path, &how, sizeof(how));
	return called(&stub->reports, "openat2", path, result);
}

long path_status(int descriptor, struct statx *status)
{
	return sys(statx, descriptor, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, status);
}

/* The path that path_make works on, and the component it has come to. */
struct walk {
	char text[PATH_MAX];
	u64 start;
	u64 end;
	int links;
};

/* Neither call follows a link in the last component: a link there is EEXIST. */
static long make_entry(int directory, const char *name, u32 mode)
{
	if (S_ISDIR(mode))
		return sys(mkdirat, directory, name, mode & ~S_IFMT);
	return sys(mknodat, directory, name, mode, 0);
}

/*
 * Where the component is a link that leads nowhere, puts what it says in its place: an image with
 * /etc/resolv.conf -> ../run/systemd/resolve/stub-resolv.conf and an empty /run is usual. The new
 * text is resolved from the root again, so that a wrong or hostile link costs nothing but an error.
 */
static long replace_link(struct walk *walk, int directory)
{
	char rest[PATH_MAX];
	long size;
	u64 at;

	text_copy(rest, sizeof(rest), walk->text + walk->end);
	walk->text[walk->end] = 0;
	at = walk->start;
	size = sys(readlinkat, directory, walk->text + walk->start, walk->text + at, PATH_MAX - at);
	if (size < 0)
		return size;
	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (at + (u64)size >= PATH_MAX)
		return -ENAMETOOLONG;
	walk->text[at + (u64)size] = 0;
	if (walk->text[at] == '/') {
		/* An absolute link starts over at the root. */
		for (u64 i = 0; i <= (u64)size; i++)
			walk->text[i] = walk->text[at + i];
		at = 0;
	}
	at += (u64)size;
	return text_copy(walk->text + at, PATH_MAX - at, rest);
}

/* The next component, if there is one. */
static int step_on(struct walk *walk)
{
	walk->start = walk->end;
	while (walk->text[walk->start] == '/')
		walk->start++;
	walk->end = walk->start;
	while (walk->text[walk->end] && walk->text[walk->end] != '/')
		walk->end++;
	return walk->end > walk->start;
}

static int is_last(const struct walk *walk)
{
	u64 at = walk->end;

	while (walk->text[at] == '/')
		at++;
	return !walk->text[at];
}

/* Opens the path as far as the walk has come, after making the entry in `directory` if need be. */
static long open_so_far(struct stub *stub, struct walk *walk, long directory, u32 mode, u64 resolve)
{
	u64 flags = O_PATH | (S_ISDIR(mode) ? O_DIRECTORY : 0);
	char after = walk->text[walk->end];
	long result;

	walk->text[walk->end] = 0;
	result = path_open(stub, walk->text, flags, resolve);
	if (result == -ENOENT) {
		result = make_entry((int)directory, walk->text + walk->start, mode);
		called(&stub->reports, S_ISDIR(mode) ? "mkdirat" : "mknodat", walk->text, result);
		if (!result)
			result = path_open(stub, walk->text, flags, resolve);
	}
	walk->text[walk->end] = after;
	return result;
}

long path_make(struct stub *stub, const char *path, u32 mode, u64 resolve)
{
	u64 flags = O_PATH | (S_ISDIR(mode) ? O_DIRECTORY : 0);
	struct walk walk;
	long directory, next;

	next = path_open(stub, path, flags, resolve);
	if (next != -ENOENT)
		return next;
	if (text_copy(walk.text, sizeof(walk.text), path) < 0)
		return -ENAMETOOLONG;
	walk.end = 0;
	walk.links = 0;
	directory = path_open(stub, "/", O_PATH | O_DIRECTORY, 0);
	while (directory >= 0 && step_on(&walk)) {
		next = open_so_far(stub, &walk, directory, is_last(&walk) ? mode : S_IFDIR | 0755,
				   resolve);
		if (next == -EEXIST) {
			next = called(&stub->reports, "readlinkat", path,
				      replace_link(&walk, (int)directory));
			walk.end = 0;
			if (next >= 0)
				next = path_open(stub, "/", O_PATH | O_DIRECTORY, 0);
		}
		sys(close, directory);
		directory = next;
	}
	return directory;
}

long path_parent(struct stub *stub, const char *path, const char **name)
{
	char parent[PATH_MAX];
	long length = text_copy(parent, sizeof(parent), path);

	if (length < 0)
		return length;
	while (length > 0 && parent[length - 1] != '/')
		length--;
	parent[length] = 0;
	*name = path + length;
	if (!**name || text_equal(*name, ".") || text_equal(*name, ".."))
		return called(&stub->reports, "openat2", path, -EINVAL);
	return path_make(stub, length ? parent : "/", S_IFDIR | 0755, 0);
}
