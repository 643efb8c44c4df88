/* SPDX-License-Identifier: Apache-2.0 */
/* The container's root: how it is made, and how the process comes to it. */
#include <linux/openat2.h>

#include "mount.h"
#include "path.h"

/* What later steps take for the root, and what refuse_root knows it by. */
static long take_as_root(struct stub *stub, int root, const char *path)
{
	struct statx status = {0};
	long result = called(&stub->reports, "statx", path, path_status(root, &status));

	stub->root = root;
	stub->root_mount = status.stx_mnt_id;
	stub->root_inode = status.stx_ino;
	return result;
}

/* By a path without links: one that was exchanged since the runtime resolved them is refused. */
static long open_host_root(struct stub *stub, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};

	return called(&stub->reports, "openat2", path,
		      sys(openat2, AT_FDCWD, path, &how, sizeof(how)));
}

/*
 * The clone is of the very directory that is then covered, and pivot_root(2) needs a mount: a
 * directory as such will not do.
 */
long mount_root(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	long target = open_host_root(stub, path);
	long root, result;

	if (target < 0)
		return target;
	root = mount_clone(stub, (int)target, AT_RECURSIVE, path);
	if (root < 0)
		return root;
	result = mount_move(stub, (int)root, (int)target, path);
	if (result < 0)
		return result;
	sys(close, target);
	return take_as_root(stub, (int)root, path);
}

/* Without a mount of its own, and so without an answer to refuse_root: nothing is attached then. */
long take_root(struct stub *stub, struct fields *fields)
{
	long root = open_host_root(stub, next_string(fields));

	if (root >= 0)
		stub->root = (int)root;
	return root;
}

/* The mount becomes the root, and the root so far stays below it, where no path leads. */
long cover_root(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	long result = mount_move(stub, mount, stub->root, "/");
	long root;

	if (result < 0)
		return result;
	root = called(&stub->reports, "openat", "/",
		      sys(openat, mount, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
	if (root < 0)
		return root;
	sys(close, stub->root);
	return take_as_root(stub, (int)root, "/");
}

/*
 * EINVAL: in a user namespace what came from the host is locked in its place, EPERM: or even to be
 * looked behind.
 */
long drop_host_mount(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	long result = sys(umount2, path, MNT_DETACH);
	long target;

	if (result != -EINVAL && result != -EPERM)
		return called(&stub->reports, "umount2", path, result);
	target = sys(openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
	if (target < 0)
		return called(&stub->reports, "openat", path, target);
	result = mount_cover(stub, (int)target, path);
	sys(close, target);
	return result;
}

long change_root(struct stub *stub, int directory)
{
	long result = called(&stub->reports, "fchdir", 0, sys(fchdir, directory));

	if (result >= 0)
		result = called(&stub->reports, "chroot", 0, sys(chroot, "."));
	return result;
}

/* What is mounted on a "/" that is somebody's root is seen by those who have it as root from then. */
long move_root(struct stub *stub)
{
	long top = called(&stub->reports, "openat", "/",
			  sys(openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC));
	long result;

	if (top < 0)
		return top;
	result = mount_move(stub, stub->root, (int)top, "/");
	sys(close, top);
	return result < 0 ? result : change_root(stub, stub->root);
}

/*
 * pivot_root(".", ".") puts the old root on top of the new one, where umount2(".") finds it. Before
 * that the old root becomes a slave: were it shared, the unmount would happen on the host as well;
 * private, it would pin mounts that the host takes away meanwhile.
 */
long pivot_root(struct stub *stub)
{
	struct mount_attr slave = {.propagation = MS_SLAVE};
	long old, result;

	old = called(&stub->reports, "openat", "/",
		     sys(openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC));
	if (old < 0)
		return old;
	result = called(&stub->reports, "fchdir", 0, sys(fchdir, stub->root));
	if (result >= 0)
		result = called(&stub->reports, "pivot_root", 0, sys(pivot_root, ".", "."));
	if (result >= 0)
		result = called(&stub->reports, "mount_setattr", "/",
				mount_set_attributes((int)old, AT_RECURSIVE, &slave));
	sys(close, old);
	if (result >= 0)
		result = called(&stub->reports, "umount2", 0, sys(umount2, ".", MNT_DETACH));
	if (result >= 0)
		result = called(&stub->reports, "chdir", "/", sys(chdir, "/"));
	return result;
}

long open_root(struct stub *stub)
{
	long root = sys(openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return root;
	stub->root = (int)root;
	return 0;
}

long make_root_readonly(struct stub *stub)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};

	return mount_set_attributes(stub->root, 0, &attributes);
}
