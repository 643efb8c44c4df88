/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts that are more than a new file system at a path. */
#include "container.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void add_proc(struct plan *plan)
{
	plan_add(plan, OP_MAKE_DIRECTORY, "/proc", U(0755));
	plan_add(plan, OP_NEW_MOUNT, U(0), "proc", "proc", LIST(0), U(0));
	plan_add(plan, OP_ATTACH, U(0), "/proc", U(0), U(PROCFS_ALLOWED));
}

static void make_file(const char *path, const char *content, mode_t mode)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(content, file) < 0 || fclose(file) || chmod(path, mode))
		err(2, "%s", path);
}

/* One of each kind, in a directory of a mode, an owner and a time. */
static void fill_directory(const char *name)
{
	struct timespec times[2] = {{1000000, 0}, {2000000, 0}};
	char path[256];

	in_fresh_root(name);
	snprintf(path, sizeof(path), "%s/inner", in_root(name));
	if (mkdir(path, 0700) || chown(path, 11, 12) || chmod(path, 01750))
		err(2, "%s", path);
	snprintf(path, sizeof(path), "%s/inner/file", in_root(name));
	make_file(path, "content\n", 0640);
	if (chown(path, 21, 22) || chmod(path, 04755))
		err(2, "%s", path);
	utimensat(AT_FDCWD, path, times, 0);
	snprintf(path, sizeof(path), "%s/inner/link", in_root(name));
	if (symlink("/etc/no-such-file", path) || lchown(path, 31, 32))
		err(2, "%s", path);
	utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
	snprintf(path, sizeof(path), "%s/inner/zero", in_root(name));
	if (mknod(path, S_IFCHR | 0600, makedev(1, 5)))
		err(2, "%s", path);
	snprintf(path, sizeof(path), "%s/inner/pipe", in_root(name));
	if (mkfifo(path, 0600) || chmod(path, 0622))
		err(2, "%s", path);
	snprintf(path, sizeof(path), "%s/inner", in_root(name));
	utimensat(AT_FDCWD, path, times, 0);
}

static void add_copy(struct plan *plan, const char *path, const char *size)
{
	plan_add(plan, OP_NEW_MOUNT, U(3), "tmpfs", "tmpfs", LIST(size), U(MOUNT_ATTR_NODEV));
	plan_add(plan, OP_COPY_UP, U(3), path);
}

static void copies_what_is_covered(void)
{
	struct plan plan = bare_container();

	fill_directory("/filled");
	add_copy(&plan, "/filled", "size=1m");
	plan_add(&plan, OP_COPY_UP, U(3), "/no-such-directory");
	plan_add(&plan, OP_ATTACH, U(3), "/filled", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan,
		      "cd /filled; for i in inner inner/file inner/link; do"
		      " stat -c '%n %F %a %u:%g %Y' $i; done;"
		      "stat -c '%n %F %a %u:%g %t:%T' inner/zero inner/pipe;"
		      "cat inner/file; readlink inner/link; ls -A . inner | wc -l",
		      "inner directory 1750 11:12 2000000\n"
		      "inner/file regular file 4755 21:22 2000000\n"
		      "inner/link symbolic link 777 31:32 2000000\n"
		      "inner/zero character special file 600 0:0 1:5\n"
		      "inner/pipe fifo 622 0:0 0:0\n"
		      "content\n/etc/no-such-file\n8\n");
}

static void copies_no_more_than_there_is_room_for(void)
{
	struct plan plan = bare_container();
	char big[8 << 10];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	in_fresh_root("/big");
	make_file(in_root("/big/file"), big, 0644);
	add_copy(&plan, "/big", "size=4k");
	expect_failure(&plan, ENOSPC, "sendfile(file)");
}

static void make_deep(const char *path, int depth)
{
	int directory = open(in_root(path), O_PATH);

	for (int i = 0; i < depth; i++) {
		int outer = directory;

		mkdirat(outer, "deep", 0755);
		directory = openat(outer, "deep", O_PATH);
		close(outer);
	}
	close(directory);
}

static void copies_as_deep_as_it_can_count(void)
{
	struct plan plan = bare_container();

	make_deep("", 700); /* as deep as a shell can go, whose paths have an end */
	add_copy(&plan, "/deep", "size=1m");
	plan_add(&plan, OP_ATTACH, U(3), "/deep", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan, "cd /; n=0; while [ -d deep ]; do cd deep; n=$((n+1)); done; echo $n",
		      "700\n");
	plan = bare_container();
	make_deep("", 1025);
	add_copy(&plan, "/deep", "size=1m");
	expect_failure(&plan, ENAMETOOLONG, "directories are more than 1024 deep");
}

static void mounts_by_one_string(void)
{
	struct plan plan = bare_container();
	char data[1024] = "lowerdir=";

	mkdir(in_canary("/layers"), 0755);
	for (int i = 0; i < 40; i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%d", in_canary("/layers"), i);
		mkdir(path, 0755);
		strcat(strcat(data, i ? ":" : ""), path);
	}
	make_file(in_canary("/layers/39/lowest"), "", 0644);
	in_fresh_root("/merged");
	add_proc(&plan);
	plan_add(&plan, OP_LEGACY_MOUNT, U(1), "overlay", "layers", U(1 << 23), data);
	plan_add(&plan, OP_SET_MOUNT_ATTRIBUTES, U(1), U(MOUNT_ATTR_NODEV), U(0), U(0), U(0));
	plan_add(&plan, OP_ATTACH, U(1), "/merged", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan,
		      "ls /merged; grep -c ' / /merged .*nodev.*- overlay layers ' "
		      "/proc/self/mountinfo; grep -c . /proc/self/mountinfo",
		      "lowest\n1\n3\n");
}

static void names_the_type_that_mount_refused(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_LEGACY_MOUNT, U(1), "overlay", "layers", U(0), "lowerdir=/no/such");
	expect_failure(&plan, ENOENT, "mount(overlay)");
}

static void changes_what_is_mounted(void)
{
	struct plan plan = bare_container();

	in_fresh_root("/changed");
	add_proc(&plan);
	add_tmpfs(&plan, 1, "/changed");
	plan_add(&plan, OP_FIND_MOUNT, U(2), "/changed");
	plan_add(&plan, OP_RECONFIGURE, U(2), LIST("size=128k"));
	plan_add(&plan, OP_SET_MOUNT_ATTRIBUTES, U(2), U(MOUNT_ATTR_RDONLY), U(0), U(0), U(0));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan,
		      "grep ' /changed ' /proc/self/mountinfo | grep -o ' ro,.*- tmpfs.*size=[0-9k]*'",
		      " ro,relatime - tmpfs tmpfs rw,size=128k\n");
}

static void changes_nothing_that_is_not_mounted(void)
{
	struct plan plan = bare_container();

	in_fresh_root("/plain");
	plan_add(&plan, OP_FIND_MOUNT, U(2), "/plain");
	expect_failure(&plan, EINVAL, "nothing is mounted there");
}

static void opens_something_else_only_where_a_mount_is_refused(void)
{
	struct plan plan = bare_container();

	mkdir(in_canary("/instead"), 0755);
	in_fresh_root("/first");
	in_fresh_root("/second");
	add_proc(&plan);
	plan_add(&plan, OP_TRY_MOUNT, U(1), "tmpfs", "", LIST(0), U(0));
	plan_add(&plan, OP_OPEN_TREE_INSTEAD, U(1), in_canary("/instead"), U(0));
	plan_add(&plan, OP_ATTACH, U(1), "/first", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_OPEN_TREE_INSTEAD, U(2), in_canary("/instead"), U(0));
	plan_add(&plan, OP_ATTACH, U(2), "/second", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan,
		      "awk '$5 ~ /first|second/ {print $4, $5}' /proc/self/mountinfo",
		      "/ /first\n/canary/instead /second\n");
	plan = bare_container();
	plan_add(&plan, OP_TRY_MOUNT, U(1), "nofs", "", LIST(0), U(0));
	expect_failure(&plan, ENODEV, "fsopen(nofs)");
}

static void mounts_nothing_below_proc(void)
{
	struct plan plan = bare_container();

	if (symlink("/proc/self", in_root("/alias")))
		err(2, "alias");
	add_proc(&plan);
	add_tmpfs(&plan, 1, "/alias");
	expect_failure(&plan, EINVAL, "move_mount(/alias): leads into a proc file system");
}

static void takes_a_whole_procfs_only_for_proc(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_MAKE_DIRECTORY, "/proc", U(0755));
	plan_add(&plan, OP_OPEN_TREE, U(0), "/proc", U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/proc", U(0), U(PROCFS_REQUIRED));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan, "ls -d /proc/self/fd", "/proc/self/fd\n");
	plan = bare_container();
	plan_add(&plan, OP_OPEN_TREE, U(0), "/proc/self", U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/proc", U(0), U(PROCFS_REQUIRED));
	expect_failure(&plan, EINVAL, "move_mount(/proc): is no whole proc file system");
	plan = bare_container();
	plan_add(&plan, OP_NEW_MOUNT, U(0), "tmpfs", "", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/proc", U(0), U(PROCFS_REQUIRED));
	expect_failure(&plan, EINVAL, "move_mount(/proc): is no whole proc file system");
}

static void holds_a_device_against_what_was_asked_for(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_OPEN_TREE, U(0), "/dev/zero", U(0));
	plan_add(&plan, OP_REQUIRE_DEVICE, U(0), U(S_IFCHR), U(1), U(5));
	plan_add(&plan, OP_REQUIRE_DEVICE, U(0), U(S_IFCHR), U(1), U(3));
	expect_failure(&plan, EINVAL, "is something else");
}

static void moves_the_root_over_the_old_one(void)
{
	struct plan plan = bare_container();

	add_proc(&plan);
	plan_add(&plan, OP_DROP_HOST_MOUNT, "/sys");
	plan_add(&plan, OP_MOVE_ROOT);
	expect_output(&plan,
		      "ls -d /bin/busybox;"
		      "awk '$5 == \"/\" {print $4}' /proc/self/mountinfo; ls -d /proc/1",
		      "/bin/busybox\n/root\n/proc/1\n");
}

static void has_a_root_without_a_mount(void)
{
	struct plan plan = plan_begin();

	plan_add(&plan, OP_TAKE_ROOT, in_root(""));
	plan_add(&plan, OP_CHANGE_ROOT);
	expect_output(&plan, "ls -d /bin/busybox; [ -e /boot ] || echo away", "/bin/busybox\naway\n");
}

const struct test mount_tests[] = {
	TEST(copies_what_is_covered),
	TEST(copies_no_more_than_there_is_room_for),
	TEST(copies_as_deep_as_it_can_count),
	TEST(mounts_by_one_string),
	TEST(names_the_type_that_mount_refused),
	TEST(changes_what_is_mounted),
	TEST(changes_nothing_that_is_not_mounted),
	TEST(opens_something_else_only_where_a_mount_is_refused),
	TEST(mounts_nothing_below_proc),
	TEST(takes_a_whole_procfs_only_for_proc),
	TEST(holds_a_device_against_what_was_asked_for),
	TEST(moves_the_root_over_the_old_one),
	TEST(has_a_root_without_a_mount),
	{0},
};
