/* SPDX-License-Identifier: Apache-2.0 */
/* Paths in a root that somebody else has filled, or is changing while they are resolved. */
#include "container.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define RACES 300

static void make_link(const char *content, const char *path)
{
	if (symlink(content, in_root(path)))
		err(2, "%s", path);
}

static void expect_untouched_canary(void)
{
	DIR *directory = opendir(in_canary(""));
	struct dirent *entry;

	while ((entry = readdir(directory)))
		CHECK(entry->d_name[0] == '.', "made %s on the host", entry->d_name);
	closedir(directory);
}

static void makes_the_way_to_a_target(void)
{
	struct plan plan = bare_container();

	add_tmpfs(&plan, 0, "/a/./b//c/");
	plan_add(&plan, OP_OPEN_TREE, U(1), "/dev/null", U(0));
	plan_add(&plan, OP_ATTACH, U(1), "/a/e/../file", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan, "stat -c '%F %a' /a/b /a/b/c; stat -c %t:%T /a/file; ls /a",
		      "directory 755\ndirectory 1777\n1:3\nb\ne\nfile\n");
}

static void makes_what_a_dangling_link_says_inside(void)
{
	struct plan plan = bare_container();

	in_fresh_root("/etc");
	make_link("../run/stub/resolv.conf", "/etc/resolv.conf");
	make_link(in_canary("/d"), "/absolute");
	make_link("../../../../../tmp/up", "/up");
	plan_add(&plan, OP_OPEN_TREE, U(0), "/dev/null", U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/etc/resolv.conf", U(0), U(PROCFS_REFUSED));
	add_tmpfs(&plan, 1, "/absolute/x");
	add_tmpfs(&plan, 2, "/up");
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan, "stat -c %t:%T /run/stub/resolv.conf; stat -c %a /absolute/x /tmp/up",
		      "1:3\n1777\n1777\n");
	expect_untouched_canary();
	CHECK(access("/tmp/up", F_OK), "made /tmp/up on the host");
}

static void ends_a_chain_of_links(void)
{
	struct plan plan = bare_container();

	for (int i = 0; i < 60; i++) {
		char path[32], content[32];

		snprintf(path, sizeof(path), "/chain%d", i);
		snprintf(content, sizeof(content), "chain%d", i + 1);
		make_link(content, path);
	}
	plan_add(&plan, OP_MAKE_DIRECTORY, "/chain0/x", U(0755));
	expect_failure(&plan, ELOOP, "openat2(/chain0/x)");
	plan = bare_container();
	make_link("loop/x", "/loop");
	plan_add(&plan, OP_MAKE_DIRECTORY, "/loop", U(0755));
	expect_failure(&plan, ELOOP, "openat2(/loop)");
}

static void makes_devices_where_a_link_of_dev_says_inside(void)
{
	struct plan plan = bare_container();

	make_link(in_canary(""), "/linked-dev");
	plan_add(&plan, OP_MAKE_DEVICE, "/linked-dev/null", U(S_IFCHR), U(1), U(3), U(0666), U(7),
		 U(8));
	plan_add(&plan, OP_MAKE_SYMLINK, "/linked-dev/fd", "/proc/self/fd");
	plan_add(&plan, OP_MAKE_SYMLINK, "/linked-dev/fd", "a second one");
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan, "cd /linked-dev; stat -c '%t:%T %a %u:%g' null; readlink fd",
		      "1:3 666 7:8\n/proc/self/fd\n");
	expect_untouched_canary();
}

static void keeps_a_device_and_refuses_what_is_none(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_MAKE_DEVICE, "/zero", U(S_IFCHR), U(1), U(5), U(0666), U(0), U(0));
	plan_add(&plan, OP_MAKE_DEVICE, "/zero", U(S_IFCHR), U(1), U(5), U(0600), U(0), U(0));
	plan_add(&plan, OP_MAKE_DEVICE, "/zero", U(S_IFCHR), U(1), U(3), U(0666), U(0), U(0));
	expect_failure(&plan, EEXIST, "mknodat(/zero): is something else");
	plan = bare_container();
	make_link("zero", "/link-to-zero");
	plan_add(&plan, OP_MAKE_DEVICE, "/link-to-zero", U(S_IFCHR), U(1), U(5), U(0666), U(0),
		 U(0));
	expect_failure(&plan, EEXIST, "mknodat(/link-to-zero): is something else");
}

static void mounts_proc_on_an_ordinary_directory_only(void)
{
	struct plan plan = bare_container();

	in_fresh_root("/bad-proc");
	make_link("/bad-proc", "/linked-proc");
	plan_add(&plan, OP_NEW_MOUNT, U(0), "proc", "proc", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/linked-proc", U(NO_SYMLINKS), U(PROCFS_REFUSED));
	expect_failure(&plan, ELOOP, "must be mounted on ordinary directory");
}

static void mounts_nothing_over_the_root(void)
{
	struct plan plan = bare_container();

	make_link("/bin/..", "/to-root");
	add_tmpfs(&plan, 0, "/to-root");
	expect_failure(&plan, EINVAL, "move_mount(/to-root): is the root itself");
}

static void mounts_nothing_in_proc_through_a_link(void)
{
	struct plan plan = bare_container();

	make_link("proc", "/linked");
	plan_add(&plan, OP_NEW_MOUNT, U(0), "proc", "proc", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/proc", U(NO_SYMLINKS));
	plan_add(&plan, OP_NEW_MOUNT, U(1), "proc", "proc", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(1), "/proc", U(NO_SYMLINKS));
	add_tmpfs(&plan, 2, "/linked/self");
	expect_failure(&plan, EINVAL, "move_mount(/linked/self): leads into a proc file system");
}

static void follows_no_magic_link(void)
{
	struct plan plan = bare_container();

	in_fresh_root("/real-proc");
	plan_add(&plan, OP_NEW_MOUNT, U(0), "proc", "proc", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/real-proc", U(0), U(PROCFS_REFUSED));
	add_tmpfs(&plan, 1, "/real-proc/1/root/tmp");
	expect_failure(&plan, ELOOP, "openat2(/real-proc/1/root/tmp)");
}

static void masks_with_the_real_null_only(void)
{
	static const char *const impostors[] = {"/bin/busybox", "/full"};
	struct plan plan;

	mknod(in_root("/full"), S_IFCHR | 0666, makedev(1, 7));
	for (size_t i = 0; i < 2; i++) {
		plan = bare_container();
		add_tmpfs(&plan, 0, "/dev");
		plan_add(&plan, OP_MAKE_SYMLINK, "/dev/null", impostors[i]);
		plan_add(&plan, OP_MASK_PATH, "/bin/busybox");
		expect_failure(&plan, EINVAL, "invalid /dev/null");
	}
	plan = bare_container();
	add_tmpfs(&plan, 0, "/dev");
	plan_add(&plan, OP_MASK_PATH, "/no-such-file");
	plan_add(&plan, OP_MASK_PATH, "/bin/busybox/x");
	plan_add(&plan, OP_MASK_PATH, "/bin/busybox");
	expect_failure(&plan, ENOENT, "invalid /dev/null");
}

static void masks_every_directory(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_MAKE_DIRECTORY, "/m/one/x", U(0755));
	plan_add(&plan, OP_MAKE_DIRECTORY, "/m/two/x", U(0755));
	plan_add(&plan, OP_MASK_PATH, "/m/one");
	plan_add(&plan, OP_MASK_PATH, "/m/two");
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan, "ls /m/one /m/two; touch /m/one/y 2>&1",
		      "/m/one:\n\n/m/two:\ntouch: /m/one/y: Read-only file system\n");
}

/* Swaps a directory and a link that leads out of the root, as fast as it can. */
static pid_t start_racer(const char *one, const char *other)
{
	pid_t racer = fork();

	if (racer)
		return racer;
	for (;;)
		renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

static void stays_inside_while_links_are_swapped(void)
{
	int succeeded = 0;
	pid_t racer;

	in_fresh_root("/volume");
	in_fresh_root("/volume/a");
	make_link(in_canary(""), "/volume/link");
	racer = start_racer(in_root("/volume/a"), in_root("/volume/link"));
	for (int i = 0; i < RACES; i++) {
		struct plan plan = bare_container();
		struct run run;
		char target[64];

		snprintf(target, sizeof(target), "/volume/a/%d/x", i);
		add_tmpfs(&plan, 0, target);
		snprintf(target, sizeof(target), "/volume/a/%d.device", i);
		plan_add(&plan, OP_MAKE_DEVICE, target, U(S_IFCHR), U(1), U(3), U(0666), U(0),
			 U(0));
		plan_add(&plan, OP_PIVOT_ROOT);
		end_with_script(&plan, ":");
		run = driver_start(&plan, NAMESPACES, 0);
		succeeded += driver_report(run.socket, 0).kind == 0;
		driver_finish(&run, 0, 0);
	}
	kill(racer, SIGKILL);
	waitpid(racer, 0, 0);
	expect_untouched_canary();
	CHECK(succeeded > 0, "no round succeeded: this tested nothing");
}

const struct test path_tests[] = {
	TEST(makes_the_way_to_a_target),
	TEST(makes_what_a_dangling_link_says_inside),
	TEST(ends_a_chain_of_links),
	TEST(makes_devices_where_a_link_of_dev_says_inside),
	TEST(keeps_a_device_and_refuses_what_is_none),
	TEST(mounts_proc_on_an_ordinary_directory_only),
	TEST(mounts_nothing_over_the_root),
	TEST(mounts_nothing_in_proc_through_a_link),
	TEST(follows_no_magic_link),
	TEST(masks_with_the_real_null_only),
	TEST(masks_every_directory),
	TEST(stays_inside_while_links_are_swapped),
	{0},
};
