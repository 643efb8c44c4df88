/* SPDX-License-Identifier: Apache-2.0 */
/* The procfs of the stub's own, where it can be had and where it cannot. */
#include "container.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

/* Without a PID namespace of its own, a user namespace may not mount procfs. */
#define UNPRIVILEGED (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS)

/* What the plan says first; the process, which may be waiting, is gone then. */
static struct report first_report(struct plan *plan, u64 namespaces)
{
	struct run run;
	struct report report;

	end_with_script(plan, "echo not reached");
	run = driver_start(plan, namespaces, 0);
	report = driver_report(run.socket, 0);
	kill(run.pid, SIGKILL);
	driver_finish(&run, 0, 0);
	return report;
}

static void cover(const char *source, const char *target, const char *type)
{
	if (mount(source, target, type, type ? 0 : MS_BIND, 0))
		err(2, "%s", target);
}

static void uncover(const char *target)
{
	if (umount2(target, MNT_DETACH))
		err(2, "%s", target);
}

static struct plan writing(const char *sysctl, const char *value)
{
	struct plan plan = plan_begin();

	plan_add(&plan, OP_OPEN_PROCFS, LIST(0));
	plan_add(&plan, OP_SET_SYSCTL, sysctl, value);
	plan_add(&plan, OP_SYNC, U(1), U(0), U(0));
	return plan;
}

/* T-24 */
static void has_a_procfs_whatever_is_mounted_over_that_of_the_runtime(void)
{
	struct plan plan = writing("kernel/domainname", "example.org");
	struct report report;

	cover("tmpfs", "/proc", "tmpfs");
	report = first_report(&plan, NAMESPACES);
	uncover("/proc");
	CHECK(report.kind == REPORT_SYNC, "errno %lu: %.*s", report.error, (int)report.length,
	      report.detail);
}

static void takes_that_of_the_runtime_where_it_may_mount_none(void)
{
	struct plan plan = writing("net/ipv4/ip_forward", "1");
	struct report report = first_report(&plan, UNPRIVILEGED);

	CHECK(report.kind == REPORT_SYNC, "errno %lu: %.*s", report.error, (int)report.length,
	      report.detail);
}

static void expect_refusal(struct plan *plan, u64 step, int error, const char *detail)
{
	struct report report = first_report(plan, UNPRIVILEGED);

	CHECK(report.kind == REPORT_FAILED && report.step == step && report.error == (u64)error,
	      "kind %lu, step %lu, errno %lu", report.kind, report.step, report.error);
	CHECK(report.length == strlen(detail) && !memcmp(report.detail, detail, report.length),
	      "\"%.*s\"", (int)report.length, report.detail);
}

static void takes_nothing_else_for_it(void)
{
	struct plan plan = writing("net/ipv4/ip_forward", "1");

	cover("tmpfs", "/proc", "tmpfs");
	expect_refusal(&plan, 0, EINVAL, "/proc of the runtime is not a procfs");
	uncover("/proc");
	plan = writing("net/ipv4/ip_forward", "1");
	cover("/proc/sys", "/proc", 0);
	expect_refusal(&plan, 0, EINVAL, "/proc of the runtime is not a procfs");
	uncover("/proc");
}

static void crosses_no_mount(void)
{
	struct plan plan = writing("kernel/domainname", "example.org");

	cover("/dev/null", "/proc/sys/kernel/domainname", 0);
	expect_refusal(&plan, 1, EXDEV, "openat2(/proc/sys/kernel/domainname)");
	uncover("/proc/sys/kernel/domainname");
}

static void leaves_procfs_by_no_name(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_OPEN_PROCFS, LIST(0));
	plan_add(&plan, OP_SET_SYSCTL, "../self/cwd", "1");
	expect_failure(&plan, ELOOP, "openat2(/proc/sys/../self/cwd)");
	plan = bare_container();
	plan_add(&plan, OP_OPEN_PROCFS, LIST(0));
	plan_add(&plan, OP_SET_SYSCTL, "../../etc/hostname", "1");
	expect_failure(&plan, EXDEV, "openat2(/proc/sys/../../etc/hostname)");
}

static void has_no_sysctl_in_a_subset(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_OPEN_PROCFS, LIST("subset=pid"));
	plan_add(&plan, OP_SET_SYSCTL, "net/ipv4/ip_forward", "1");
	expect_failure(&plan, ENOENT, "openat2(/proc/sys/net/ipv4/ip_forward)");
}

static void writes_nothing_without_a_procfs(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_SET_SYSCTL, "net/ipv4/ip_forward", "1");
	expect_failure(&plan, EBADF, "openat2(/proc/sys/net/ipv4/ip_forward)");
	plan = bare_container();
	plan_add(&plan, OP_OPEN_PROCFS, LIST(0));
	plan_add(&plan, OP_CLOSE_PROCFS);
	plan_add(&plan, OP_SET_OOM_SCORE_ADJ, "17");
	expect_failure(&plan, EBADF, "readlinkat(/proc/self)");
}

static void says_that_a_value_has_no_effect(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_OPEN_PROCFS, LIST("subset=pid"));
	/* Taken for 17, which is not what was asked for. */
	plan_add(&plan, OP_SET_OOM_SCORE_ADJ, "0x11");
	expect_failure(&plan, EIO, "write(/proc/self/oom_score_adj): has no effect");
}

const struct test procfs_tests[] = {
	TEST(has_a_procfs_whatever_is_mounted_over_that_of_the_runtime),
	TEST(takes_that_of_the_runtime_where_it_may_mount_none),
	TEST(takes_nothing_else_for_it),
	TEST(crosses_no_mount),
	TEST(leaves_procfs_by_no_name),
	TEST(has_no_sysctl_in_a_subset),
	TEST(writes_nothing_without_a_procfs),
	TEST(says_that_a_value_has_no_effect),
	{0},
};
