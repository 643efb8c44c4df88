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

#include "memory.h"
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

/* The path that path_make works on, and the component that it has come to. */
struct walk {
	char text[PATH_MAX];
	u64 start;
	u64 end;
};

/* The component after this one, if there is one. */
static int step_down(struct walk *walk)
{
	walk->start = walk->end;
	while (walk->text[walk->start] == '/')
		walk->start++;
	walk->end = walk->start;
	while (walk->text[walk->end] && walk->text[walk->end] != '/')
		walk->end++;
	return walk->end > walk->start;
}

/* To the end of the component before the one that ends at `end`; 0 where that was the first. */
static void step_up(struct walk *walk)
{
	while (walk->end && walk->text[walk->end - 1] == '/')
		walk->end--;
	while (walk->end && walk->text[walk->end - 1] != '/')
		walk->end--;
	while (walk->end && walk->text[walk->end - 1] == '/')
		walk->end--;
}

static int is_last(const struct walk *walk)
{
	u64 at = walk->end;

	while (walk->text[at] == '/')
		at++;
	return !walk->text[at];
}

static u64 open_flags(u32 mode)
{
	return O_PATH | (S_ISDIR(mode) ? O_DIRECTORY : 0);
}

/* Opens the path as far as the walk has come. */
static long open_so_far(struct stub *stub, struct walk *walk, u32 mode, u64 resolve)
{
	char after = walk->text[walk->end];
	long result;

	walk->text[walk->end] = 0;
	result = path_open(stub, walk->end ? walk->text : "/", open_flags(mode), resolve);
	walk->text[walk->end] = after;
	return result;
}

/* Neither call follows a link in the last component: a link there is EEXIST. */
static long make_entry(struct stub *stub, struct walk *walk, long directory, u32 mode)
{
	char after = walk->text[walk->end];
	const char *name = walk->text + walk->start;
	long result;

	walk->text[walk->end] = 0;
	if (S_ISDIR(mode))
		result = called(&stub->reports, "mkdirat", walk->text,
				sys(mkdirat, directory, name, mode & ~S_IFMT));
	else
		result = called(&stub->reports, "mknodat", walk->text,
				sys(mknodat, directory, name, mode, 0));
	walk->text[walk->end] = after;
	return result;
}

/*
 * Where the component is a link that leads nowhere, puts what it says in its place: an image with
 * /etc/resolv.conf -> ../run/systemd/resolve/stub-resolv.conf and an empty /run is usual. The new
 * text is resolved from the root again, so that a wrong or hostile link costs nothing but an error.
 */
static long replace_link(struct walk *walk, long directory)
{
	char content[PATH_MAX], rest[PATH_MAX];
	u64 at, length;
	long size;

	text_copy(rest, sizeof(rest), walk->text + walk->end);
	walk->text[walk->end] = 0;
	size = sys(readlinkat, directory, walk->text + walk->start, content, sizeof(content));
	if (size < 0) {
		/* Not a link: somebody else has just made it. */
		walk->text[walk->end] = rest[0];
		return 0;
	}
	length = (u64)size;
	at = content[0] == '/' ? 0 : walk->start;
	if (at + length >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(walk->text + at, content, length);
	return text_copy(walk->text + at + length, PATH_MAX - at - length, rest);
}

/*
 * From the last directory on the way that exists, makes what is below it. EEXIST: there was
 * something in the way, and the path, which may be another one now, is to be tried again.
 */
static long make_rest(struct stub *stub, struct walk *walk, u32 mode, u64 resolve)
{
	long directory, next;

	walk->end = text_length(walk->text);
	do {
		step_up(walk);
		directory = open_so_far(stub, walk, S_IFDIR, resolve);
	} while (directory == -ENOENT && walk->end);
	while (directory >= 0 && step_down(walk)) {
		u32 kind = is_last(walk) ? mode : S_IFDIR | 0755;

		next = make_entry(stub, walk, directory, kind);
		if (!next)
			next = open_so_far(stub, walk, kind, resolve);
		else if (next == -EEXIST && replace_link(walk, directory) < 0)
			next = -ENAMETOOLONG;
		sys(close, directory);
		directory = next;
	}
	return directory;
}

long path_make(struct stub *stub, const char *path, u32 mode, u64 resolve)
{
	struct walk walk;
	long result;

	if (text_copy(walk.text, sizeof(walk.text), path) < 0)
		return -ENAMETOOLONG;
	for (int links = 0; links <= LINKS_MAX; links++) {
		result = path_open(stub, walk.text, open_flags(mode), resolve);
		if (result == -ENOENT)
			result = make_rest(stub, &walk, mode, resolve);
		if (result != -EEXIST)
			return result;
	}
	return called(&stub->reports, "openat2", path, -ELOOP);
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
