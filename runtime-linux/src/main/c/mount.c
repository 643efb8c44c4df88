/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts, by the calls of Linux 5.2 and later only: a mount is made detached, changed by its
 * descriptor, and moved to a target that is a descriptor too. Nothing can be swapped in between.
 */
#include "mount.h"

#include <asm/statfs.h>
#include <linux/magic.h>

#include "memory.h"
#include "path.h"

#define PROC_ROOT_INODE 1 /* the kernel's own, not exported; of every procfs */

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

long mount_set_attributes(int mount, u64 flags, struct mount_attr *attributes)
{
	return sys(mount_setattr, mount, "", AT_EMPTY_PATH | flags, attributes,
		   sizeof(*attributes));
}

long mount_make_readonly(struct stub *stub, int mount, const char *object)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};

	return called(&stub->reports, "mount_setattr", object,
		      mount_set_attributes(mount, 0, &attributes));
}

/* Both ends by descriptor; the two flags are as old as the call itself, Linux 5.2. */
long mount_move(struct stub *stub, int mount, int target, const char *object)
{
	return called(&stub->reports, "move_mount", object,
		      sys(move_mount, mount, "", target, "",
			  MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

/* The detached mount that NEW_MOUNT and TRY_MOUNT ask for. */
static long make_mount(struct stub *stub, struct fields *fields)
{
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
	return file_system_close(stub, (int)context, result);
}

long new_mount(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);

	return slot_put(stub, slot, make_mount(stub, fields));
}

long try_mount(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);
	long mount = make_mount(stub, fields);

	if (mount == -EPERM || mount == -EBUSY)
		return 0;
	return slot_put(stub, slot, mount);
}

long clone_tree(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);
	const char *path = next_string(fields);
	u64 flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | next_number(fields);

	return slot_put(stub, slot, sys(open_tree, AT_FDCWD, path, flags));
}

long clone_tree_instead(struct stub *stub, struct fields *fields)
{
	struct fields slot = *fields;

	return slot_get(stub, next_number(&slot)) < 0 ? clone_tree(stub, fields) : 0;
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
	return mount_set_attributes(mount, next_number(fields), &attributes);
}

long set_root_propagation(struct fields *fields)
{
	struct mount_attr attributes = {.propagation = next_number(fields)};

	return sys(mount_setattr, AT_FDCWD, "/", next_number(fields), &attributes,
		   sizeof(attributes));
}

/* The status of the directory that will be covered; its mode is 0 where there is none. */
static long covered_status(struct stub *stub, const char *path, struct statx *status)
{
	long covered = path_open(stub, path, O_PATH | O_DIRECTORY, 0);
	long result;

	status->stx_mode = 0;
	if (covered < 0)
		return covered == -ENOENT ? 0 : covered;
	result = called(&stub->reports, "statx", path, path_status((int)covered, status));
	sys(close, covered);
	return result;
}

/*
 * fchmod(2) needs a real descriptor, which the slot's is not, and a mount that is not read-only.
 */
long copy_mode(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	struct statx status;
	long result = covered_status(stub, next_string(fields), &status);
	long directory;

	if (result < 0 || !status.stx_mode)
		return result;
	directory = sys(openat, mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return called(&stub->reports, "openat", ".", directory);
	result = sys(fchmod, directory, status.stx_mode & ~S_IFMT);
	sys(close, directory);
	return called(&stub->reports, "fchmod", 0, result);
}

long copy_owner(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	struct statx status;
	long result = covered_status(stub, next_string(fields), &status);

	if (result < 0 || !status.stx_mode)
		return result;
	return called(&stub->reports, "fchownat", 0,
		      sys(fchownat, mount, "", status.stx_uid, status.stx_gid, AT_EMPTY_PATH));
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

static long is_in_procfs(struct stub *stub, int descriptor)
{
	struct statfs status;
	long result =
		called(&stub->reports, "fstatfs", 0, sys(fstatfs, descriptor, &status));

	return result < 0 ? result : status.f_type == PROC_SUPER_MAGIC;
}

/* Of a whole one, and not of a directory in it. */
static long is_procfs(struct stub *stub, int mount)
{
	struct statx status;
	long result = is_in_procfs(stub, mount);

	if (result <= 0)
		return result;
	result = called(&stub->reports, "statx", 0, path_status(mount, &status));
	return result < 0 ? result : status.stx_ino == PROC_ROOT_INODE;
}

/*
 * A link of the image may lead into /proc, where a mount would hide what programs trust to be the
 * kernel's (CVE-2019-16884). A path that goes through none was checked by the runtime.
 */
static long check_procfs(struct stub *stub, int mount, int target, const char *path,
			 enum procfs procfs)
{
	long result;

	switch (procfs) {
	case PROCFS_REFUSED:
		result = is_in_procfs(stub, target);
		return result > 0 ? refuse(stub, path, ": leads into a proc file system") : result;
	case PROCFS_REQUIRED:
		result = is_procfs(stub, mount);
		return result ? result : refuse(stub, path, ": is no whole proc file system");
	default:
		return 0;
	}
}

static void explain_link(struct stub *stub, int mount)
{
	struct statx status = {0};

	path_status(mount, &status);
	report_instead(&stub->reports, S_ISDIR(status.stx_mode)
					       ? "must be mounted on ordinary directory"
					       : "must be mounted on ordinary file");
}

long attach(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	const char *path = next_string(fields);
	u64 resolve = next_number(fields);
	enum procfs procfs = (enum procfs)next_number(fields);
	long target = open_target(stub, mount, path, resolve);
	long result;

	if (resolve && (target == -ELOOP || target == -ENOTDIR))
		explain_link(stub, mount);
	if (target < 0)
		return target;
	result = refuse_root(stub, (int)target, path);
	if (result >= 0)
		result = check_procfs(stub, mount, (int)target, path, procfs);
	if (result >= 0)
		result = mount_move(stub, mount, (int)target, path);
	sys(close, target);
	return result;
}
