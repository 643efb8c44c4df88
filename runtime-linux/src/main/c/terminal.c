/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal of the container's own, and whose the standard streams are.
 *
 * The terminal is one of the devpts that is mounted in the container, so that its name there is
 * right. Whoever decides what is at /dev/pts, an image or a running container, decides no more than
 * that: nothing is opened before it is known that it is in a devpts, and the program's end comes
 * from the master and not by the name that it has (CVE-2025-52565).
 */
#include <asm/ioctls.h>
#include <asm/statfs.h>
#include <asm/termios.h>
#include <linux/ioctl.h>
#include <linux/magic.h>
#include <linux/openat2.h>

#include "path.h"

#define DEVPTS	    "/dev/pts"
#define PTMX_INODE  2 /* as devpts has always numbered it */
#define PTMX_MAJOR  5
#define PTMX_MINOR  2
#define ID_UNCHANGED (-1)

static int is_on(int descriptor, unsigned long magic)
{
	struct statfs status;

	return sys(fstatfs, descriptor, &status) == 0 && (unsigned long)status.f_type == magic;
}

static long open_devpts(struct stub *stub)
{
	long directory = path_open(stub, DEVPTS, O_PATH | O_DIRECTORY, 0);

	if (directory < 0 || is_on((int)directory, DEVPTS_SUPER_MAGIC))
		return directory;
	sys(close, directory);
	stub->reports.report.length = 0;
	explain(&stub->reports, DEVPTS " is no devpts");
	return -EINVAL;
}

static int is_ptmx(int descriptor)
{
	struct statx status;

	return path_status(descriptor, &status) == 0 && S_ISCHR(status.stx_mode) &&
	       status.stx_rdev_major == PTMX_MAJOR && status.stx_rdev_minor == PTMX_MINOR &&
	       status.stx_ino == PTMX_INODE && is_on(descriptor, DEVPTS_SUPER_MAGIC);
}

/*
 * In a devpts nobody makes or renames anything, and what somebody may have mounted over ptmx is not
 * crossed to, so that this opens a terminal or nothing.
 */
static long open_ptmx(struct stub *stub)
{
	struct open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	long directory = open_devpts(stub);
	long master;

	if (directory < 0)
		return directory;
	master = called(&stub->reports, "openat2", DEVPTS "/ptmx",
			sys(openat2, directory, "ptmx", &how, sizeof(how)));
	sys(close, directory);
	if (master < 0 || is_ptmx((int)master))
		return master;
	sys(close, master);
	stub->reports.report.length = 0;
	explain(&stub->reports, DEVPTS "/ptmx is no multiplexer of terminals");
	return -EINVAL;
}

long new_terminal(struct stub *stub, struct fields *fields)
{
	u64 master_slot = next_number(fields);
	u64 peer_slot = next_number(fields);
	int locked = 0;
	long master = open_ptmx(stub);
	long peer, result;

	if (master < 0)
		return master;
	result = called(&stub->reports, "ioctl", "TIOCSPTLCK",
			sys(ioctl, master, TIOCSPTLCK, &locked));
	if (result < 0)
		return result;
	peer = called(&stub->reports, "ioctl", "TIOCGPTPEER",
		      sys(ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
	if (peer < 0)
		return peer;
	result = slot_put(stub, master_slot, master);
	return result < 0 ? result : slot_put(stub, peer_slot, peer);
}

long set_terminal_size(struct stub *stub, struct fields *fields)
{
	int terminal = slot_get(stub, next_number(fields));
	struct winsize size = {0};

	size.ws_col = (unsigned short)next_number(fields);
	size.ws_row = (unsigned short)next_number(fields);
	return sys(ioctl, terminal, TIOCSWINSZ, &size);
}

/*
 * The group stays: a devpts is mounted with gid=5, and mode 0620, for write(1). Where the owner
 * cannot be changed, because the present one has no id in this user namespace, or the file system is
 * read-only, the program can still use what it was given; it cannot open it anew.
 */
static long give(struct stub *stub, int descriptor, u64 uid)
{
	long result = sys(fchown, descriptor, uid, ID_UNCHANGED);

	if (result == -EPERM || result == -EINVAL || result == -EROFS)
		return 0;
	return called(&stub->reports, "fchown", 0, result);
}

long take_terminal(struct stub *stub, struct fields *fields)
{
	int peer = slot_get(stub, next_number(fields));
	long result = give(stub, peer, next_number(fields));

	for (int descriptor = 0; descriptor < STDIO_END && result >= 0; descriptor++)
		result = called(&stub->reports, "dup3", 0, sys(dup3, peer, descriptor, 0));
	if (result < 0)
		return result;
	return called(&stub->reports, "ioctl", "TIOCSCTTY", sys(ioctl, peer, TIOCSCTTY, 0));
}

/* One with a name is somebody's file. */
static int is_anonymous_pipe(int descriptor)
{
	struct statx status;

	return path_status(descriptor, &status) == 0 && S_ISFIFO(status.stx_mode) &&
	       is_on(descriptor, PIPEFS_MAGIC);
}

long own_streams(struct stub *stub, struct fields *fields)
{
	u64 uid = next_number(fields);
	long result = 0;

	for (int descriptor = 0; descriptor < STDIO_END && result >= 0; descriptor++)
		if (is_anonymous_pipe(descriptor))
			result = give(stub, descriptor, uid);
	return result;
}
