/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts, by the calls of Linux 5.2 and later only: a mount is made detached, changed by its
 * descriptor, and moved to a target that is a descriptor too. Nothing can be swapped in between.
 */
#include "mount.h"

#include <asm/statfs.h>
#include <linux/magic.h>
#include <linux/mount.h>

#include "memory.h"
#include "path.h"

#define MNT_DETACH 2

long file_system_open(struct stub *stub, const char *type)
{
	return called(&stub->reports, "fsopen", type, sys(fsopen, type, FSOPEN_CLOEXEC));
}

long file_system_set(struct stub *stub, int context, const char *option)
{
	char name[256]; /* the kernel takes no longer one */
	u64 length = 0;
	long result = -EINVAL;

	while (option[length] && option[length] != '=')
		length++;
	if (length < sizeof(name)) {
		memcpy(name, option, length);
		name[length] = 0;
		result = option[length] ? sys(fsconfig, context, FSCONFIG_SET_STRING, name,
					      option + length + 1, 0)
					: sys(fsconfig, context, FSCONFIG_SET_FLAG, name, 0, 0);
	}
	return called(&stub->reports, "fsconfig", option, result);
}

long file_system_mount(struct stub *stub, int context, const char *type, u64 attributes)
{
	long result = sys(fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);

	if (result < 0)
		return called(&stub->reports, "fsconfig", "FSCONFIG_CMD_CREATE", result);
	return called(&stub->reports, "fsmount", type,
		      sys(fsmount, context, FSMOUNT_CLOEXEC, attributes));
}

/* One message for each read, which begins with "e " if it is an error; see fsopen(2). */
static void explain_by_log(struct stub *stub, int context)
{
	char message[256];
	long size;

	while ((size = sys(read, context, message, sizeof(message) - 1)) > 2) {
		message[message[size - 1] == '\n' ? size - 1 : size] = 0;
		if (message[0] != 'e' || message[1] != ' ')
			continue;
		explain(&stub->reports, ": ");
		explain(&stub->reports, message + 2);
	}
}

long file_system_close(struct stub *stub, int context, long result)
{
	if (result < 0)
		explain_by_log(stub, context);
	sys(close, context);
	return result;
}

long mount_clone(struct stub *stub, int original, u64 recursive, const char *object)
{
	return called(&stub->reports, "open_tree", object,
		      sys(open_tree, original, "",
			  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | recursive));
}

static long set_attributes(int mount, u64 flags, struct mount_attr *attributes)
{
	return sys(mount_setattr, mount, "", AT_EMPTY_PATH | flags, attributes,
		   sizeof(*attributes));
}

long mount_make_readonly(struct stub *stub, int mount, const char *object)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};

	return called(&stub->reports, "mount_setattr", object,
		      set_attributes(mount, 0, &attributes));
}

/* Both ends by descriptor; the two flags are as old as the call itself, Linux 5.2. */
long mount_move(struct stub *stub, int mount, int target, const char *object)
{
	return called(&stub->reports, "move_mount", object,
		      sys(move_mount, mount, "", target, "",
			  MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

long new_mount(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);
	const char *type = next_string(fields);
	const char *source = next_string(fields);
	u64 options = next_number(fields);
	long context = file_system_open(stub, type);
	long result = 0;

	if (context < 0)
		return context;
	if (*source)
		result = called(&stub->reports, "fsconfig", "source",
				sys(fsconfig, context, FSCONFIG_SET_STRING, "source", source, 0));
	for (; options && result >= 0; options--)
		result = file_system_set(stub, (int)context, next_string(fields));
	if (result >= 0)
		result = file_system_mount(stub, (int)context, type, next_number(fields));
	result = file_system_close(stub, (int)context, result);
	return slot_put(stub, slot, result);
}

long clone_tree(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);
	const char *path = next_string(fields);
	u64 flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | next_number(fields);

	return slot_put(stub, slot, sys(open_tree, AT_FDCWD, path, flags));
}

long open_mount(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);

	return slot_put(stub, slot, mount_clone(stub, slot_get(stub, next_number(fields)), 0, 0));
}

long set_mount_attributes(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	struct mount_attr attributes = {0};

	attributes.attr_set = next_number(fields);
	attributes.attr_clr = next_number(fields);
	attributes.propagation = next_number(fields);
	return set_attributes(mount, next_number(fields), &attributes);
}

long set_root_propagation(struct fields *fields)
{
	struct mount_attr attributes = {.propagation = next_number(fields)};

	return sys(mount_setattr, AT_FDCWD, "/", next_number(fields), &attributes,
		   sizeof(attributes));
}

/*
 * The clone is of the very directory that is then covered, and pivot_root(2) needs a mount: a
 * directory as such will not do.
 */
long mount_root(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	struct statx status;
	long target, result;

	target = sys(openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0)
		return called(&stub->reports, "openat", path, target);
	stub->root = (int)mount_clone(stub, (int)target, AT_RECURSIVE, path);
	if (stub->root < 0)
		return stub->root;
	result = mount_move(stub, stub->root, (int)target, path);
	if (result < 0)
		return result;
	sys(close, target);
	result = called(&stub->reports, "statx", path, path_status(stub->root, &status));
	stub->root_mount = status.stx_mnt_id;
	stub->root_inode = status.stx_ino;
	return result;
}

/*
 * fchmod(2) needs a real descriptor, which the slot's is not, and a mount that is not read-only.
 */
long copy_mode(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	const char *path = next_string(fields);
	long covered = path_open(stub, path, O_PATH | O_DIRECTORY, 0);
	struct statx status;
	long directory, result;

	if (covered == -ENOENT)
		return 0;
	if (covered < 0)
		return covered;
	result = called(&stub->reports, "statx", path, path_status((int)covered, &status));
	sys(close, covered);
	if (result < 0)
		return result;
	directory = sys(openat, mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return called(&stub->reports, "openat", ".", directory);
	result = sys(fchmod, directory, status.stx_mode & ~S_IFMT);
	sys(close, directory);
	return called(&stub->reports, "fchmod", 0, result);
}

/* The target, made if it is missing, of the same kind as what is to cover it. */
static long open_target(struct stub *stub, int mount, const char *path, u64 resolve)
{
	struct statx status;
	long result = called(&stub->reports, "statx", 0, path_status(mount, &status));

	if (result < 0)
		return result;
	return path_make(stub, path, (S_ISDIR(status.stx_mode) ? S_IFDIR : S_IFREG) | 0755,
			 resolve);
}

static long refuse(struct stub *stub, const char *path, const char *why)
{
	called(&stub->reports, "move_mount", path, -EINVAL);
	explain(&stub->reports, why);
	return -EINVAL;
}

/* A mount over the root would hide all that was mounted in it so far, and so be a way round it. */
static long refuse_root(struct stub *stub, int target, const char *path)
{
	struct statx status;
	long result = called(&stub->reports, "statx", path, path_status(target, &status));

	if (result < 0 || status.stx_mnt_id != stub->root_mount ||
	    status.stx_ino != stub->root_inode)
		return result;
	return refuse(stub, path, ": is the root itself");
}

/*
 * A link of the image may lead into /proc, where a mount would hide what programs trust to be the
 * kernel's (CVE-2019-16884). A path that goes through none was checked by the runtime.
 */
static long refuse_procfs(struct stub *stub, int target, const char *path)
{
	struct statfs file_system;
	long result = called(&stub->reports, "fstatfs", path, sys(fstatfs, target, &file_system));

	if (result < 0 || file_system.f_type != PROC_SUPER_MAGIC)
		return result;
	return refuse(stub, path, ": leads into a proc file system");
}

static void explain_link(struct stub *stub, int mount)
{
	struct statx status = {0};

	path_status(mount, &status);
	stub->reports.report.length = 0;
	explain(&stub->reports, S_ISDIR(status.stx_mode) ? "must be mounted on ordinary directory"
							 : "must be mounted on ordinary file");
}

long attach(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	const char *path = next_string(fields);
	u64 resolve = next_number(fields);
	long target = open_target(stub, mount, path, resolve);
	long result;

	if (target == -ELOOP && resolve)
		explain_link(stub, mount);
	if (target < 0)
		return target;
	result = refuse_root(stub, (int)target, path);
	if (result >= 0 && !resolve)
		result = refuse_procfs(stub, (int)target, path);
	if (result >= 0)
		result = mount_move(stub, mount, (int)target, path);
	sys(close, target);
	return result;
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
				set_attributes((int)old, AT_RECURSIVE, &slave));
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

	return set_attributes(stub->root, 0, &attributes);
}
