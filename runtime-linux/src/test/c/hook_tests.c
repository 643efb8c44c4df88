/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks: what they get, how they may end, and what is left of them. */
#include "container.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT U(1)
#define FOREVER U(0)

/* In a root of its own and in namespaces of its own, where a pid is a small number. */
static struct plan contained(void)
{
	struct plan plan = bare_container();

	/* For what a shell runs in the background. */
	plan_add(&plan, OP_MAKE_DEVICE, "/dev/null", U(S_IFCHR), U(1), U(3), U(0666), U(0), U(0));
	plan_add(&plan, OP_PIVOT_ROOT);
	return plan;
}

static void add_hook(struct plan *plan, const char *script, u64 timeout)
{
	plan_add(plan, OP_RUN_HOOK, U(2), "/bin/sh", LIST("sh", "-c", script), LIST("PATH=/bin"),
		 timeout, U(0), "{\"pid\":", "}");
}

static void end_here(struct plan *plan)
{
	plan_add(plan, OP_END);
	plan_end(plan);
}

static struct report failure(const char *script, u64 timeout)
{
	struct plan plan = contained();
	struct report report;
	struct run run;

	add_hook(&plan, script, timeout);
	end_here(&plan);
	run = driver_start(&plan, NAMESPACES, 0);
	report = driver_report(run.socket, 0);
	driver_finish(&run, 0, 0);
	CHECK(report.kind == REPORT_FAILED && report.step == 4 && report.value == 3,
	      "%s: kind %lu, step %lu, value %lu", script, report.kind, report.step,
	      report.value);
	return report;
}

static void expect_detail(struct report report, u64 error, const char *detail)
{
	CHECK(report.error == error && report.length == strlen(detail) &&
		      !memcmp(report.detail, detail, report.length),
	      "errno %lu, \"%.*s\"", report.error, (int)report.length, report.detail);
}

static void a_hook_gets_its_arguments_environment_and_state(void)
{
	struct plan plan = contained();

	plan_add(&plan, OP_RUN_HOOK, U(0), "/bin/busybox",
		 LIST("sh", "-c", "(cat; echo; echo $0 $1 $A; echo /proc/self/fd/*) >/out", "zero",
		      "one two"),
		 LIST("PATH=/bin", "A=b"), FOREVER, U(0), "{\"id\":\"x\",\"pid\":", "}");
	plan_add(&plan, OP_RUN_HOOK, U(1), "/bin/sh", LIST("sh", "-c", "cat >>/out"),
		 LIST("PATH=/bin"), FOREVER, U(0), "{}\n", "");
	expect_output(&plan, "cat /out", "{\"id\":\"x\",\"pid\":1}\nzero one two b\n/proc/self/fd/*\n{}\n");
}

static void a_hook_inherits_three_descriptors(void)
{
	struct plan plan = bare_container();

	plan_add(&plan, OP_RUN_HOOK, U(0), "/bin/sh",
		 LIST("sh", "-c", "cd /proc/self/fd && echo * >&2 && exit 1"), LIST("PATH=/bin"),
		 FOREVER, U(0), "", "");
	/* 3 is the shell's own, of the directory that it reads. */
	expect_failure(&plan, 0, "exited with 1: 0 1 2 3");
}

static void a_hook_reads_a_state_of_any_length(void)
{
	static char state[300001];
	struct plan plan = contained();

	memset(state, 'x', sizeof(state) - 1);
	plan_add(&plan, OP_RUN_HOOK, U(0), "/bin/sh", LIST("sh", "-c", "wc -c >/length"),
		 LIST("PATH=/bin"), FOREVER, U(0), state, "");
	plan_add(&plan, OP_RUN_HOOK, U(1), "/bin/sh", LIST("sh", "-c", "true"), LIST("PATH=/bin"),
		 FOREVER, U(0), state, "");
	expect_output(&plan, "cat /length", "300000\n");
}

static void says_how_a_hook_failed(void)
{
	expect_detail(failure("echo out; echo err >&2; exit 3", FOREVER), 0,
		      "exited with 3: out\nerr");
	expect_detail(failure("exit 255", FOREVER), 0, "exited with 255");
	expect_detail(failure("kill -9 $$", FOREVER), 0, "killed by signal 9");
	expect_detail(failure("echo still here; sleep 100 & wait", TIMEOUT), 0,
		      "killed, since it took longer than 1 s: still here");
}

static void keeps_the_end_of_what_a_hook_writes(void)
{
	struct report report = failure("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i + 1));"
				       " done; exit 1",
				       FOREVER);
	static const char begin[] = "exited with 1: ...", end[] = "\nline 4998\nline 4999";

	CHECK(report.length < DETAIL_MAX && !memcmp(report.detail, begin, sizeof(begin) - 1) &&
		      !memcmp(report.detail + report.length - sizeof(end) + 1, end,
			      sizeof(end) - 1),
	      "\"%.*s\"", (int)report.length, report.detail);
}

static void names_a_program_that_is_not_there(void)
{
	struct plan plan = contained();

	plan_add(&plan, OP_RUN_HOOK, U(0), "/bin/none", LIST("none"), LIST(0), FOREVER, U(0), "", "");
	expect_failure(&plan, ENOENT, "execve(/bin/none)");
}

/* Something that a hook left behind holds the pipe, and writes to it, for ever. */
static void does_not_wait_for_what_a_hook_leaves_behind(void)
{
	struct plan plan = contained();

	add_hook(&plan, "while :; do echo y; done & exit 0", FOREVER);
	expect_output(&plan, "echo on", "on\n");
	expect_detail(failure("sleep 100 & echo oops; exit 1", FOREVER), 0, "exited with 1: oops");
}

/* Without a PID namespace that would end with the stub, and take the rest along. */
static void kills_all_of_a_hook_that_takes_too_long(void)
{
	struct plan plan = plan_begin();
	struct report report;
	struct run run;
	pid_t background = 0;
	FILE *file;

	plan_add(&plan, OP_RUN_HOOK, U(0), "/bin/sh",
		 LIST("sh", "-c", "sleep 100 & echo $! >/tmp/background; wait"), LIST("PATH=/bin"),
		 TIMEOUT, U(0), "", "");
	end_here(&plan);
	run = driver_start(&plan, 0, 0);
	report = driver_report(run.socket, 0);
	driver_finish(&run, 0, 0);
	CHECK(report.kind == REPORT_FAILED, "kind %lu", report.kind);
	file = fopen("/tmp/background", "r");
	CHECK(file && fscanf(file, "%d", &background) == 1 && background > 1, "no pid");
	if (file)
		fclose(file);
	for (int tries = 0; tries < 1000 && !kill(background, 0); tries++) {
		char path[64], state[256] = "";
		FILE *status;

		/* Whoever inherited it may take its time to reap it. */
		snprintf(path, sizeof(path), "/proc/%d/stat", background);
		status = fopen(path, "r");
		if (!status || !fgets(state, sizeof(state), status) || strstr(state, ") Z"))
			background = 0;
		if (status)
			fclose(status);
		if (!background)
			return;
		usleep(10000);
	}
	CHECK(errno == ESRCH, "%d is alive", background);
}

static void ends_with_its_hook_when_the_runtime_is_gone(void)
{
	struct plan plan = contained();
	struct run run;
	int status;

	add_hook(&plan, "sleep 1000", FOREVER);
	end_here(&plan);
	run = driver_start(&plan, NAMESPACES, 0);
	usleep(100000);
	shutdown(run.socket, SHUT_RDWR);
	status = driver_finish(&run, 0, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status %x", status);
}

static void ends_without_a_program(void)
{
	struct plan plan = contained();
	struct report report;
	struct run run;
	int status;

	add_hook(&plan, "exit 0", TIMEOUT);
	end_here(&plan);
	run = driver_start(&plan, NAMESPACES, 0);
	report = driver_report(run.socket, 0);
	status = driver_finish(&run, 0, 0);
	CHECK(report.kind == 0 && status == 0, "kind %lu, status %x", report.kind, status);
}

const struct test hook_tests[] = {
	TEST(a_hook_gets_its_arguments_environment_and_state),
	TEST(a_hook_inherits_three_descriptors),
	TEST(a_hook_reads_a_state_of_any_length),
	TEST(says_how_a_hook_failed),
	TEST(keeps_the_end_of_what_a_hook_writes),
	TEST(names_a_program_that_is_not_there),
	TEST(does_not_wait_for_what_a_hook_leaves_behind),
	TEST(kills_all_of_a_hook_that_takes_too_long),
	TEST(ends_with_its_hook_when_the_runtime_is_gone),
	TEST(ends_without_a_program),
	{0},
};
