/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan makes, seen from inside, and what is said of a step that fails. */
#include "container.h"

#include <dirent.h>
#include <errno.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void runs_the_default_container(void)
{
	struct plan plan = default_container();

	expect_output(&plan, "hostname; echo $$; pwd; umask; ulimit -n; ifconfig lo | grep -c UP",
		      "box\n1\n/\n0022\n1024\n1\n");
}

static void makes_the_default_mounts(void)
{
	struct plan plan = default_container();

	expect_output(&plan,
		      "awk '{print $4, $5, $6}' /proc/self/mountinfo | grep -v ' /proc/' | sort",
		      "/ /dev rw,nosuid\n"
		      "/ /dev/mqueue rw,nosuid,nodev,noexec,relatime\n"
		      "/ /dev/pts rw,nosuid,noexec,relatime\n"
		      "/ /dev/shm rw,nosuid,nodev,noexec,relatime\n"
		      "/ /proc rw,relatime\n"
		      "/ /sys ro,nosuid,nodev,noexec,relatime\n"
		      "/ /sys/firmware ro,nosuid,nodev,noexec,relatime\n"
		      "/root / ro,relatime\n");
}

static void makes_the_default_devices(void)
{
	struct plan plan = default_container();

	expect_output(&plan,
		      "cd /dev; stat -c '%n %a %t:%T %u:%g' null zero full random urandom tty shm;"
		      "readlink fd; readlink ptmx",
		      "null 666 1:3 0:0\nzero 666 1:5 0:0\nfull 666 1:7 0:0\n"
		      "random 666 1:8 0:0\nurandom 666 1:9 0:0\ntty 666 5:0 0:0\n"
		      "shm 1777 0:0 0:0\n/proc/self/fd\npts/ptmx\n");
}

static void hides_and_protects(void)
{
	struct plan plan = default_container();

	expect_output(&plan,
		      "exec 2>&1; wc -c </proc/keys; ls /sys/firmware; touch /x;"
		      "echo x >/proc/sys/kernel/hostname; hostname",
		      "0\ntouch: /x: Read-only file system\n"
		      "sh: can't create /proc/sys/kernel/hostname: Read-only file system\nbox\n");
}

static void sets_the_credentials(void)
{
	struct plan plan = default_container();

	expect_output(&plan,
		      "grep -E '^(Cap|NoNewPrivs|Sig(Blk|Ign))' /proc/self/status;"
		      "cat /proc/self/oom_score_adj",
		      "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
		      "CapInh:\t0000000000000000\nCapPrm:\t0000000020000420\n"
		      "CapEff:\t0000000020000420\nCapBnd:\t0000000020000420\n"
		      "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\n17\n");
}

static void passes_on_the_standard_descriptors_only(void)
{
	struct plan plan = default_container();

	/* 3 is the directory that ls reads */
	expect_output(&plan, "ls /proc/self/fd", "0\n1\n2\n3\n");
}

static void raises_ambient_capabilities_for_a_user(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_MAKE_DIRECTORY, "/proc", U(0755));
	plan_add(&plan, OP_NEW_MOUNT, U(0), "proc", "proc", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/proc", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	plan_add(&plan, OP_KEEP_CAPABILITIES);
	plan_add(&plan, OP_SET_GROUPS, U(0));
	plan_add(&plan, OP_SET_GROUP_ID, U(201));
	plan_add(&plan, OP_SET_USER_ID, U(101));
	plan_add(&plan, OP_SET_CAPABILITIES, U(0x400), U(0x400), U(0x400), U(0x400));
	expect_output(&plan, "id -u; id -g; grep Cap[EA] /proc/self/status",
		      "101\n201\nCapEff:\t0000000000000400\nCapAmb:\t0000000000000400\n");
}

static void copies_the_mode_of_what_is_covered(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_MAKE_DIRECTORY, "/covered", U(01750));
	plan_add(&plan, OP_NEW_MOUNT, U(0), "tmpfs", "", LIST("size=64k"), U(0));
	plan_add(&plan, OP_COPY_MODE, U(0), "/covered");
	plan_add(&plan, OP_COPY_MODE, U(0), "/no-such-directory");
	plan_add(&plan, OP_ATTACH, U(0), "/covered", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	expect_output(&plan, "stat -c %a /covered", "1750\n");
}

/* Not taken, so that what is printed can be read; and so gone when the program begins. */
static void makes_a_terminal_and_binds_it(void)
{
	struct plan plan = bare_container();

	add_tmpfs(&plan, 0, "/dev");
	plan_add(&plan, OP_NEW_MOUNT, U(1), "devpts", "devpts", LIST("ptmxmode=0666"), U(0));
	plan_add(&plan, OP_ATTACH, U(1), "/dev/pts", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	plan_add(&plan, OP_NEW_TERMINAL, U(2), U(3));
	plan_add(&plan, OP_SET_TERMINAL_SIZE, U(3), U(132), U(43));
	plan_add(&plan, OP_OPEN_MOUNT, U(4), U(3));
	plan_add(&plan, OP_ATTACH, U(4), "/dev/console", U(NO_SYMLINKS), U(PROCFS_REFUSED));
	/* A later step needs the master: without it there would be no terminal any more. */
	plan_add(&plan, OP_SET_TERMINAL_SIZE, U(2), U(132), U(43));
	expect_output(&plan, "ls /dev/pts; stat -c '%F %t:%T' /dev/console",
		      "ptmx\ncharacter special file 88:0\n");
}

static void makes_no_terminal_of_anything_but_a_devpts(void)
{
	struct plan plan = bare_container();

	add_tmpfs(&plan, 0, "/dev");
	add_tmpfs(&plan, 1, "/dev/pts");
	plan_add(&plan, OP_NEW_TERMINAL, U(2), U(3));
	expect_failure(&plan, EINVAL, "/dev/pts is no devpts");
}

static void says_what_the_file_system_says(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_NEW_MOUNT, U(0), "tmpfs", "tmpfs", LIST("mode=755", "size=5x"), U(0));
	expect_failure(&plan, EINVAL, "fsconfig(size=5x): tmpfs: Bad value for 'size'");
}

static void says_that_a_file_system_is_unknown(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_NEW_MOUNT, U(0), "nofs", "", LIST(0), U(0));
	expect_failure(&plan, ENODEV, "fsopen(nofs)");
}

static void names_the_mount_that_failed(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_NEW_MOUNT, U(0), "proc", "proc", LIST(0), U(0x10000));
	expect_failure(&plan, EINVAL, "fsmount(proc)");
}

static void uses_no_slot_that_is_empty(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_SET_MOUNT_ATTRIBUTES, U(7), U(MOUNT_ATTR_RDONLY), U(0), U(0), U(0));
	expect_failure(&plan, EBADF, "");
}

static int count_descriptors(pid_t pid)
{
	char path[32];
	DIR *directory;
	int count = -2; /* "." and ".." */

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = opendir(path);
	while (directory && readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void closes_what_no_later_step_needs(void)
{
	struct plan plan = bare_container();
	struct run run;
	struct report report;

	for (u64 slot = 1; slot < PLAN_SLOTS; slot++)
		add_tmpfs(&plan, slot, "/mnt");
	plan_add(&plan, OP_NEW_MOUNT, U(0), "tmpfs", "tmpfs", LIST(0), U(0));
	plan_add(&plan, OP_SYNC, U(0), U(0), U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/mnt", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	end_with_script(&plan, "");
	run = driver_start(&plan, NAMESPACES, 0);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == REPORT_SYNC, "step %lu, errno %lu: %.*s", report.step, report.error,
	      (int)report.length, report.detail);
	/* The standard three, the socket, the root, and slot 0, which a later step needs. */
	CHECK(count_descriptors(run.pid) == 6, "%d descriptors", count_descriptors(run.pid));
	driver_answer(run.socket);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == 0, "step %lu, errno %lu: %.*s", report.step, report.error,
	      (int)report.length, report.detail);
	driver_finish(&run, 0, 0);
}

static void finds_no_program(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_PIVOT_ROOT);
	plan_add(&plan, OP_FIND_PROGRAM, LIST("/sbin/nothing", "/bin/nothing"));
	expect_failure(&plan, ENOENT, "");
	plan = bare_container();
	plan_add(&plan, OP_PIVOT_ROOT);
	plan_add(&plan, OP_MAKE_DIRECTORY, "/sbin/nothing", U(0755));
	plan_add(&plan, OP_FIND_PROGRAM, LIST("/sbin/nothing", "/bin/nothing"));
	expect_failure(&plan, EACCES, "");
}

static void refuses_an_id_that_would_change_nothing(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_SET_USER_ID, U(0xffffffff));
	expect_failure(&plan, EINVAL, "");
	plan = bare_container();
	plan_add(&plan, OP_SET_GROUP_ID, U(1) << 32);
	expect_failure(&plan, EINVAL, "");
}

/* The descriptor of the socket leads nowhere; that of a slot to the host's root. */
static void refuses_a_directory_outside_of_the_root(void)
{
	struct plan plan = bare_container();
	struct run run;
	struct report report;
	const char *detail = "outside of container mount namespace root";

	plan_add(&plan, OP_OPEN_TREE, U(0), "/", U(0));
	plan_add(&plan, OP_MAKE_DIRECTORY, "/proc", U(0755));
	plan_add(&plan, OP_NEW_MOUNT, U(1), "proc", "proc", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(1), "/proc", U(0), U(PROCFS_REFUSED));
	plan_add(&plan, OP_PIVOT_ROOT);
	plan_add(&plan, OP_TRY_DIRECTORY, "/proc/self/fd/4/tmp");
	plan_add(&plan, OP_REQUIRE_DIRECTORY, "/proc/self/fd/4/tmp");
	/* Not reached, but for it the slot stays open. */
	plan_add(&plan, OP_CHANGE_ROOT_TO, U(0));
	end_with_script(&plan, "");
	run = driver_start(&plan, NAMESPACES, 0);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == REPORT_FAILED && report.step == 8 && report.error == ENOENT,
	      "kind %lu, step %lu, errno %lu", report.kind, report.step, report.error);
	CHECK(report.length == strlen(detail) && !memcmp(report.detail, detail, report.length),
	      "\"%.*s\"", (int)report.length, report.detail);
	driver_finish(&run, 0, 0);
}

const struct test container_tests[] = {
	TEST(runs_the_default_container),
	TEST(makes_the_default_mounts),
	TEST(makes_the_default_devices),
	TEST(hides_and_protects),
	TEST(sets_the_credentials),
	TEST(passes_on_the_standard_descriptors_only),
	TEST(raises_ambient_capabilities_for_a_user),
	TEST(copies_the_mode_of_what_is_covered),
	TEST(makes_a_terminal_and_binds_it),
	TEST(makes_no_terminal_of_anything_but_a_devpts),
	TEST(says_what_the_file_system_says),
	TEST(says_that_a_file_system_is_unknown),
	TEST(names_the_mount_that_failed),
	TEST(uses_no_slot_that_is_empty),
	TEST(closes_what_no_later_step_needs),
	TEST(finds_no_program),
	TEST(refuses_an_id_that_would_change_nothing),
	TEST(refuses_a_directory_outside_of_the_root),
	{0},
};
