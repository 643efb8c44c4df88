/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file system by mount(2), for what fsconfig(2) does not take.
 *
 * mount(2) attaches at once, at a path. So it does that in an empty directory that covers the root
 * for the moment, and that nobody has a path to: the descriptor of the root still leads below it.
 */
#include "mount.h"

#define PLACE "mount"

/* Covers the root; returns the descriptor of the only way there. */
static long make_scratch(struct stub *stub)
{
	long context = file_system_open(stub, "tmpfs");
	long scratch, result;

	if (context < 0)
		return context;
	scratch = file_system_mount(stub, (int)context, "tmpfs", 0);
	scratch = file_system_close(stub, (int)context, scratch);
	if (scratch < 0)
		return scratch;
	result = mount_move(stub, (int)scratch, stub->root, "tmpfs");
	return result < 0 ? result : scratch;
}

static long mount_in_scratch(struct stub *stub, int scratch, struct fields *fields)
{
	const char *type = next_string(fields);
	const char *source = next_string(fields);
	u64 flags = next_number(fields);
	const char *data = next_string(fields);
	long result = called(&stub->reports, "fchdir", "tmpfs", sys(fchdir, scratch));

	if (result >= 0)
		result = called(&stub->reports, "mkdirat", PLACE,
				sys(mkdirat, scratch, PLACE, 0700));
	if (result >= 0)
		result = called(&stub->reports, "mount", type,
				sys(mount, *source ? source : 0, PLACE, type, flags, data));
	if (result >= 0)
		result = called(&stub->reports, "open_tree", type,
				sys(open_tree, scratch, PLACE,
				    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	return result;
}

long legacy_mount(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);
	long scratch = make_scratch(stub);
	long mount, result;

	if (scratch < 0)
		return scratch;
	mount = mount_in_scratch(stub, (int)scratch, fields);
	if (mount < 0)
		return mount;
	/* With all in it: the clone is all that is left. */
	result = called(&stub->reports, "umount2", "tmpfs", sys(umount2, ".", MNT_DETACH));
	if (result >= 0)
		result = called(&stub->reports, "chdir", "/", sys(chdir, "/"));
	sys(close, scratch);
	return result < 0 ? result : slot_put(stub, slot, mount);
}
