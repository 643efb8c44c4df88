/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the host's mounts to the container's: what the planner makes of the default configuration,
 * with the same calls, each path in the root resolved by openat2(2) as the stub does it.
 */
#include "meter.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define MNT_DETACH 2
#define QUIET (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static long root;

/* Follows links as if the root were already "/"; -1 if there is nothing. */
static long look_up(const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | flags,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static void set_attributes(long mount, unsigned flags, struct mount_attr attributes)
{
	call("mount", mount_setattr, mount, "", AT_EMPTY_PATH | flags, &attributes,
	     sizeof(attributes));
}

static void move_to(long mount, long target, const char *path)
{
	call(path, move_mount, mount, "", target, "",
	     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static long clone_tree(long directory, const char *path, unsigned flags)
{
	return call(path, open_tree, directory, path,
		    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
}

/* A directory, made if it is missing, by its name in its parent. */
static long target_of(const char *path)
{
	long target = look_up(path, O_DIRECTORY);
	char parent[PATH_LENGTH];
	long directory;
	char *name;

	if (target >= 0)
		return target;
	snprintf(parent, sizeof(parent), "%s", path);
	name = strrchr(parent, '/');
	*name++ = 0;
	directory = must(look_up(parent, O_DIRECTORY), "openat2", parent);
	call(path, mkdirat, directory, name, 0755);
	target = must(look_up(path, O_DIRECTORY), "openat2", path);
	call(path, close, directory);
	return target;
}

static void look_at(long descriptor, struct statx *status)
{
	call("descriptor", statx, descriptor, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID,
	     status);
}

/* What is mounted tells what its target must be, and the target must not be the root itself. */
static void attach(long mount, const char *path)
{
	struct statx status;
	long target;

	look_at(mount, &status);
	target = target_of(path);
	look_at(target, &status);
	move_to(mount, target, path);
	call(path, close, target);
}

/* `options` are separated by commas, as in mount(8). */
static long new_mount(const char *type, const char *source, const char *options, unsigned attributes)
{
	long context = call(type, fsopen, type, FSOPEN_CLOEXEC);
	char buffer[64];
	char *rest = buffer;
	long mount;

	snprintf(buffer, sizeof(buffer), "%s", options);
	if (*source)
		call(type, fsconfig, context, FSCONFIG_SET_STRING, "source", source, 0);
	while (*rest) {
		char *option = strsep(&rest, ",");
		char *value = strchr(option, '=');

		if (value)
			*value++ = 0;
		call(option, fsconfig, context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
		     option, value, 0);
		if (!rest)
			break;
	}
	call(type, fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
	mount = call(type, fsmount, context, FSMOUNT_CLOEXEC, attributes);
	call(type, close, context);
	return mount;
}

static void mount_root(const char *rootfs)
{
	struct mount_attr slave = {.propagation = MS_SLAVE};
	struct statx status;
	long target;

	call("/", mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &slave, sizeof(slave));
	target = call(rootfs, openat, AT_FDCWD, rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	root = clone_tree(target, "", AT_EMPTY_PATH | AT_RECURSIVE);
	move_to(root, target, rootfs);
	call(rootfs, close, target);
	look_at(root, &status);
}

static void bring_loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	long socket = call("AF_INET", socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	call("SIOCSIFFLAGS", ioctl, socket, SIOCSIFFLAGS, &request);
	call("AF_INET", close, socket);
}

/* Each hierarchy as the container's own cgroup has it, read-only. */
static void mount_cgroups(const struct cgroups *cgroups)
{
	struct mount_attr attributes = {
		.attr_set = QUIET | MOUNT_ATTR_RDONLY,
		.attr_clr = MOUNT_ATTR__ATIME,
	};
	int is_version_2 = cgroups->count == 1 && !*cgroups->all[0].directory;
	long directory = -1;

	if (!is_version_2) {
		directory = new_mount("tmpfs", "cgroup", "mode=755", QUIET);
		attach(directory, "/sys/fs/cgroup");
	}
	for (int i = 0; i < cgroups->count; i++) {
		const struct cgroup *cgroup = &cgroups->all[i];
		char path[PATH_LENGTH];
		char target[PATH_LENGTH];
		long mount;

		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/%s", cgroup->directory, cgroup->name);
		mount = clone_tree(AT_FDCWD, path, 0);
		set_attributes(mount, 0, attributes);
		snprintf(target, sizeof(target), "/sys/fs/cgroup%s%s", is_version_2 ? "" : "/",
			 cgroup->directory);
		attach(mount, target);
	}
	if (!is_version_2)
		set_attributes(directory, 0, (struct mount_attr){.attr_set = MOUNT_ATTR_RDONLY});
}

static void make_mounts(const struct cgroups *cgroups)
{
	attach(new_mount("proc", "proc", "", 0), "/proc");
	attach(new_mount("tmpfs", "tmpfs", "mode=755,size=65536k",
			 MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME),
	       "/dev");
	attach(new_mount("devpts", "devpts", "newinstance,ptmxmode=0666,mode=0620,gid=5",
			 MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC),
	       "/dev/pts");
	attach(new_mount("tmpfs", "shm", "mode=1777,size=65536k", QUIET), "/dev/shm");
	attach(new_mount("mqueue", "mqueue", "", QUIET), "/dev/mqueue");
	attach(new_mount("sysfs", "sysfs", "", QUIET | MOUNT_ATTR_RDONLY), "/sys");
	mount_cgroups(cgroups);
}

static void make_device(const char *name, unsigned major, unsigned minor)
{
	long parent = must(look_up("/dev", O_DIRECTORY), "openat2", "/dev");
	struct statx status;
	long node;

	call(name, mknodat, parent, name, S_IFCHR | 0666, makedev(major, minor));
	/* To be sure that it is that device. */
	node = call(name, openat, parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	look_at(node, &status);
	call(name, close, node);
	call(name, close, parent);
}

static void make_link(const char *name, const char *content)
{
	long parent = must(look_up("/dev", O_DIRECTORY), "openat2", "/dev");

	call(name, symlinkat, content, parent, name);
	call(name, close, parent);
}

static void fill_dev(void)
{
	make_device("null", 1, 3);
	make_device("zero", 1, 5);
	make_device("full", 1, 7);
	make_device("random", 1, 8);
	make_device("urandom", 1, 9);
	make_device("tty", 5, 0);
	make_link("fd", "/proc/self/fd");
	make_link("stdin", "/proc/self/fd/0");
	make_link("stdout", "/proc/self/fd/1");
	make_link("stderr", "/proc/self/fd/2");
	make_link("core", "/proc/kcore");
	make_link("ptmx", "pts/ptmx");
}

static void pivot(void)
{
	long old = call("/", openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	call("root", fchdir, root);
	call(".", pivot_root, ".", ".");
	set_attributes(old, AT_RECURSIVE, (struct mount_attr){.propagation = MS_SLAVE});
	call("/", close, old);
	call(".", umount2, ".", MNT_DETACH);
	call("/", chdir, "/");
	set_attributes(root, 0, (struct mount_attr){.attr_set = MOUNT_ATTR_RDONLY});
}

static void make_readonly(const char *path)
{
	long target = look_up(path, 0);
	long mount;

	if (target < 0)
		return;
	mount = clone_tree(target, "", AT_EMPTY_PATH | AT_RECURSIVE);
	set_attributes(mount, 0, (struct mount_attr){.attr_set = MOUNT_ATTR_RDONLY});
	move_to(mount, target, path);
	call(path, close, mount);
	call(path, close, target);
}

/* A file by /dev/null, a directory by an empty file system, which is made once and then cloned. */
static void mask(const char *path)
{
	static long null = -1, empty = -1;
	long target = look_up(path, 0);
	struct statx status;
	long mount;

	if (target < 0)
		return;
	look_at(target, &status);
	if (!S_ISDIR(status.stx_mode)) {
		if (null < 0)
			null = must(look_up("/dev/null", O_NOFOLLOW), "openat2", "/dev/null");
		mount = clone_tree(null, "", AT_EMPTY_PATH);
	} else if (empty < 0) {
		mount = empty = new_mount("tmpfs", "", "nr_blocks=1,nr_inodes=1",
					  QUIET | MOUNT_ATTR_RDONLY);
	} else {
		mount = clone_tree(empty, "", AT_EMPTY_PATH);
	}
	move_to(mount, target, path);
	if (mount != empty)
		call(path, close, mount);
	call(path, close, target);
}

static void protect(void)
{
	static const char *const readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
					       "/proc/sysrq-trigger", 0};
	static const char *const masked[] = {
		"/proc/acpi",	    "/proc/asound",	"/proc/kcore",	     "/proc/keys",
		"/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
		"/sys/firmware",    "/proc/scsi",	0};

	for (const char *const *path = readonly; *path; path++)
		make_readonly(*path);
	for (const char *const *path = masked; *path; path++)
		mask(*path);
}

void enter_root(const char *rootfs, const struct cgroups *cgroups)
{
	static const char hostname[] = "runc"; /* what the default configuration says */

	call("0", umask, 0);
	mount_root(rootfs);
	call("session", setsid);
	bring_loopback_up();
	make_mounts(cgroups);
	fill_dev();
	pivot();
	call(hostname, sethostname, hostname, sizeof(hostname) - 1);
	protect();
}
