/* SPDX-License-Identifier: Apache-2.0 */
/* The messages: launch, program, sync, fork, start. */
#include "container.h"

#include <err.h>
#include <errno.h>
#include <linux/pidfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEFORE_THE_FIRST_STEP (~0ul)

static struct plan minimal_plan(void)
{
	struct plan plan = plan_begin();

	plan_add(&plan, OP_RESET_SIGNALS);
	plan_add(&plan, OP_FIND_PROGRAM, LIST("/bin/busybox"));
	plan_add(&plan, OP_EXEC, LIST("busybox", "true"), LIST(0));
	plan_end(&plan);
	return plan;
}

/* What the stub answers to a launch, and that it ends. */
static void expect_refusal(struct run *run, int error, const char *detail)
{
	struct report report = driver_report(run->socket, 0);
	int status = driver_finish(run, 0, 0);

	CHECK(report.kind == REPORT_FAILED && report.step == BEFORE_THE_FIRST_STEP,
	      "kind %lu, step %lu", report.kind, report.step);
	CHECK(report.error == (u64)error && report.length == strlen(detail) &&
		      !memcmp(report.detail, detail, report.length),
	      "errno %lu, \"%.*s\"", report.error, (int)report.length, report.detail);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status %x", status);
}

static void expect_program_refused(const void *bytes, u64 size, int sealed, int error,
				   const char *detail)
{
	struct run run = driver_spawn(0);
	int program = driver_memfd(bytes, size, sealed);

	driver_launch(&run, program, 0);
	close(program);
	expect_refusal(&run, error, detail);
}

static void ends_when_the_runtime_is_gone(void)
{
	struct run run = driver_spawn(0);
	int status;

	shutdown(run.socket, SHUT_RDWR);
	status = driver_finish(&run, 0, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status %x", status);
}

static void refuses_a_bad_launch(void)
{
	struct launch launch = {LAUNCH_MAGIC, 4, 3};
	struct run run = driver_spawn(0);

	send(run.socket, &launch, sizeof(launch), 0); /* without descriptors */
	expect_refusal(&run, EPROTO, "recvmsg(launch)");
	run = driver_spawn(0);
	send(run.socket, &launch, 1, 0);
	expect_refusal(&run, EPROTO, "recvmsg(launch)");
	run = driver_spawn(0);
	send(run.socket, in_root(""), 4096 / 16, 0);
	expect_refusal(&run, EPROTO, "recvmsg(launch)");
}

static void refuses_a_launch_without_the_standard_descriptors(void)
{
	for (int further = -1; further <= 1; further += 2) {
		struct plan plan = minimal_plan();
		struct run run = driver_spawn(0);
		int program = driver_memfd(plan.bytes, plan.size, SEALED);

		driver_launch_with(&run, program, further, 0);
		close(program);
		expect_refusal(&run, EPROTO, "recvmsg(launch)");
		free(plan.bytes);
	}
}

/* As many as stand in the way of the numbers that the stub itself uses, and of its slots. */
static void hands_further_descriptors_to_the_program(void)
{
	struct plan plan = plan_begin();
	struct run run = driver_spawn(0);
	int further[10], program;
	char output[64];

	plan_add(&plan, OP_FIND_PROGRAM, LIST("/bin/busybox"));
	plan_add(&plan, OP_EXEC,
		 LIST("busybox", "sh", "-c",
		      "for i in 3 4 5 6 7 8 9; do cat /proc/self/fd/$i; done;"
		      " cd /proc/self/fd; set -- *; echo $#"),
		 LIST(0));
	plan_end(&plan);
	program = driver_memfd(plan.bytes, plan.size, SEALED);
	for (int i = 0; i < 7; i++) {
		char digit = (char)('3' + i);

		further[i] = driver_memfd(&digit, 1, UNSEALED);
		lseek(further[i], 0, SEEK_SET);
	}
	further[7] = further[8] = program;
	further[9] = -1;
	driver_launch_with(&run, program, 7, further);
	driver_finish(&run, output, sizeof(output));
	/* 10 is the shell's own, of the directory that it reads. */
	CHECK(!strcmp(output, "345678911\n"), "\"%s\"", output);
	for (int i = 0; i < 8; i++)
		close(further[i]);
	free(plan.bytes);
}

static void refuses_a_program_that_could_change(void)
{
	struct plan plan = minimal_plan();

	expect_program_refused(plan.bytes, plan.size, UNSEALED, EPERM, "fcntl(F_GET_SEALS)");
	free(plan.bytes);
}

static void refuses_a_truncated_program(void)
{
	struct plan plan = minimal_plan();
	struct program_header *header = (struct program_header *)plan.bytes;
	u64 step = sizeof(*header) + sizeof(struct step_header);

	expect_program_refused(plan.bytes, 8, SEALED, EPROTO, "program(size)");
	expect_program_refused(plan.bytes, plan.size - 8, SEALED, EPROTO, "program(wrong size)");
	header->size = step;
	expect_program_refused(plan.bytes, step, SEALED, EPROTO,
			       "program(program ends within a step)");
	header->size = plan.size - 8;
	expect_program_refused(plan.bytes, plan.size - 8, SEALED, EPROTO,
			       "program(step is longer than the program)");
	free(plan.bytes);
}

static void refuses_a_slot_that_the_program_does_not_have(void)
{
	struct plan plan = plan_begin();

	plan_add(&plan, OP_OPEN_TREE, U(PLAN_SLOTS), "/", U(0));
	plan_add(&plan, OP_END);
	plan_end(&plan);
	expect_program_refused(plan.bytes, plan.size, SEALED, EPROTO,
			       "program(field does not match its operation)");
	((struct program_header *)plan.bytes)->slots = plan.size + 1;
	expect_program_refused(plan.bytes, plan.size, SEALED, EPROTO, "program(too many slots)");
	free(plan.bytes);
}

static void refuses_more_descriptors_than_slots(void)
{
	struct plan plan = minimal_plan();
	int slots[PLAN_SLOTS + 2];
	struct run run = driver_spawn(0);
	int program = driver_memfd(plan.bytes, plan.size, SEALED);

	for (int i = 0; i <= PLAN_SLOTS; i++)
		slots[i] = program;
	slots[PLAN_SLOTS + 1] = -1;
	driver_launch(&run, program, slots);
	expect_refusal(&run, EPROTO, "program(slots)");
	close(program);
	free(plan.bytes);
}

static void refuses_a_program_without_an_end(void)
{
	struct plan plan = plan_begin();

	plan_add(&plan, OP_RESET_SIGNALS);
	plan_end(&plan);
	expect_program_refused(plan.bytes, plan.size, SEALED, EPROTO,
			       "program(last step is neither EXEC nor END)");
	free(plan.bytes);
}

static void waits_for_the_answer(void)
{
	struct plan plan = plan_begin();
	struct run run;
	struct report report;
	int status;

	plan_add(&plan, OP_SYNC, U(42), U(0), U(0));
	plan_add(&plan, OP_FIND_PROGRAM, LIST("/bin/busybox"));
	plan_add(&plan, OP_EXEC, LIST("busybox", "true"), LIST(0));
	plan_end(&plan);
	run = driver_start(&plan, 0, 0);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == REPORT_SYNC && report.value == 42, "kind %lu", report.kind);
	driver_answer(run.socket);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == 0, "kind %lu", report.kind);
	status = driver_finish(&run, 0, 0);
	CHECK(status == 0, "status %x", status);
}

static void write_map(pid_t pid, const char *file, const char *text)
{
	char path[64];
	FILE *map;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	map = fopen(path, "w");
	CHECK(map && fputs(text, map) >= 0 && fclose(map) == 0, "%s: errno %d", path, errno);
}

/* The exec of the stub comes before the mapping, and would take the capabilities away. */
static void keeps_the_capabilities_of_a_new_user_namespace(void)
{
	struct plan plan = bare_container();
	struct run run;
	struct report report;
	char output[256];

	plan_add(&plan, OP_SYNC, U(0), U(0), U(0));
	plan_add(&plan, OP_SET_GROUP_ID, U(0));
	plan_add(&plan, OP_SET_USER_ID, U(0));
	plan_add(&plan, OP_NEW_MOUNT, U(0), "proc", "proc", LIST(0), U(0));
	plan_add(&plan, OP_ATTACH, U(0), "/sys-or-proc", U(0), U(PROCFS_REFUSED));
	in_fresh_root("/sys-or-proc");
	plan_add(&plan, OP_PIVOT_ROOT);
	plan_add(&plan, OP_SET_CAPABILITIES, U(0x400), U(0x400), U(0), U(0));
	end_with_script(&plan, "id -u; grep CapAmb /sys-or-proc/self/status;"
			       "while read line; do echo $line; done </sys-or-proc/self/uid_map");
	run = driver_start(&plan, NAMESPACES | CLONE_NEWUSER, 0);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == REPORT_SYNC, "step %lu, errno %lu: %.*s", report.step, report.error,
	      (int)report.length, report.detail);
	write_map(run.pid, "uid_map", "0 100000 1000");
	write_map(run.pid, "gid_map", "0 100000 1000");
	driver_answer(run.socket);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == 0, "step %lu, errno %lu: %.*s", report.step, report.error,
	      (int)report.length, report.detail);
	driver_finish(&run, output, sizeof(output));
	CHECK(!strcmp(output, "0\nCapAmb:\t0000000000000000\n0 100000 1000\n"), "printed \"%s\"",
	      output);
}

/* The child is ours, though it is not we who made it. */
static void goes_on_in_a_child(void)
{
	struct plan plan = plan_begin();
	siginfo_t info = {0};
	struct run run;
	struct report report;
	int pidfd, status;

	plan_add(&plan, OP_FORK, U(0), U(0));
	plan_add(&plan, OP_FIND_PROGRAM, LIST("/bin/busybox"));
	plan_add(&plan, OP_EXEC, LIST("busybox", "sh", "-c", "exit 7"), LIST(0));
	plan_end(&plan);
	run = driver_start(&plan, 0, 0);
	report = driver_report(run.socket, &pidfd);
	CHECK(report.kind == REPORT_FORKED && pidfd >= 0, "kind %lu, pidfd %d", report.kind, pidfd);
	CHECK(waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | __WALL) == 0, "errno %d", errno);
	CHECK(info.si_pid == (pid_t)report.value && info.si_status == 7, "pid %d, status %d",
	      info.si_pid, info.si_status);
	close(pidfd);
	status = driver_finish(&run, 0, 0);
	CHECK(status == 0, "status %x", status);
}

/*
 * The process that joined has us for a parent, and is to be reaped before the container's init: an
 * init does not end before all processes of its PID namespace are reaped.
 */
static void joins_the_namespaces_of_another(void)
{
	struct plan plan = default_container();
	struct run container, exec;
	struct report report;
	int slots[2] = {-1, -1};
	char output[256];

	end_with_script(&plan, "echo ready; sleep 60");
	container = driver_start(&plan, NAMESPACES, 0);
	CHECK(read(container.output, output, 6) == 6, "container is not ready");
	slots[0] = (int)syscall(SYS_pidfd_open, container.pid, 0);
	plan = plan_begin();
	plan_add(&plan, OP_SET_NON_DUMPABLE);
	plan_add(&plan, OP_JOIN_NAMESPACES, U(0), U(NAMESPACES));
	plan_add(&plan, OP_FORK, U(0), U(0));
	end_with_script(&plan, "hostname; echo $PPID; exit 7");
	exec = driver_start(&plan, 0, slots);
	report = driver_report(exec.socket, 0);
	CHECK(report.kind == REPORT_FORKED, "kind %lu", report.kind);
	driver_finish(&exec, output, sizeof(output));
	CHECK(!strcmp(output, "box\n0\n"), "printed \"%s\"", output);
	waitpid((pid_t)report.value, 0, __WALL);
	kill(container.pid, SIGKILL);
	driver_finish(&container, 0, 0);
	close(slots[0]);
}

static struct sockaddr_un start_address(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strcpy(address.sun_path, in_canary(".start"));
	return address;
}

static int listen_for_start(void)
{
	struct sockaddr_un address = start_address();
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	unlink(address.sun_path);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 8))
		err(2, "listen");
	return listener;
}

static int connect_to_start(void)
{
	struct sockaddr_un address = start_address();
	int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (connect(connection, (struct sockaddr *)&address, sizeof(address)))
		err(2, "connect");
	return connection;
}

/* A plan that waits for a start, up to the report that it waits. */
static struct run create(const char *program)
{
	int slots[2] = {listen_for_start(), -1};
	struct plan plan = plan_begin();
	struct report report;
	struct run run;

	plan_add(&plan, OP_FIND_PROGRAM, LIST(program));
	plan_add(&plan, OP_AWAIT_START, U(0));
	plan_add(&plan, OP_EXEC, LIST("busybox", "true"), LIST(0));
	plan_end(&plan);
	run = driver_start(&plan, 0, slots);
	close(slots[0]);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == REPORT_CREATED && report.step == 1, "kind %lu", report.kind);
	driver_answer(run.socket);
	report = driver_report(run.socket, 0);
	CHECK(report.kind == 0, "kind %lu", report.kind);
	return run;
}

static void waits_for_a_start_that_means_it(void)
{
	struct run run = create("/bin/busybox");
	int connection;
	int status;

	close(connect_to_start());
	connection = connect_to_start();
	send(connection, "stop", 4, 0);
	close(connection);
	connection = connect_to_start();
	CHECK(waitpid(run.pid, &status, WNOHANG) == 0, "ended by a start that was none");
	driver_answer(connection);
	CHECK(driver_report(connection, 0).kind == 0, "start failed");
	close(connection);
	status = driver_finish(&run, 0, 0);
	CHECK(status == 0, "status %x", status);
	unlink(in_canary(".start"));
}

static void resets_a_start_that_comes_second(void)
{
	struct run run = create("/bin/busybox");
	int first = connect_to_start();
	int second = connect_to_start();
	char byte;

	driver_answer(second);
	driver_answer(first);
	CHECK(driver_report(first, 0).kind == 0, "start failed");
	CHECK(recv(second, &byte, 1, 0) < 0 && errno == ECONNRESET, "the second start succeeded");
	close(first);
	close(second);
	driver_finish(&run, 0, 0);
	unlink(in_canary(".start"));
}

static void reports_to_the_start_that_the_exec_failed(void)
{
	char script[256];
	struct run run;
	struct report report;
	int connection;
	FILE *file;

	/* Executable, but of no format. */
	strcpy(script, in_canary(".script"));
	file = fopen(script, "w");
	fputs("not a program", file);
	fchmod(fileno(file), 0755);
	fclose(file);
	run = create(script);
	connection = connect_to_start();
	driver_answer(connection);
	report = driver_report(connection, 0);
	CHECK(report.kind == REPORT_FAILED && report.step == 2 && report.error == ENOEXEC,
	      "kind %lu, step %lu, errno %lu", report.kind, report.step, report.error);
	CHECK(!strncmp(report.detail, "execve(", 7), "\"%.*s\"", (int)report.length, report.detail);
	close(connection);
	driver_finish(&run, 0, 0);
	unlink(script);
	unlink(in_canary(".start"));
}

const struct test protocol_tests[] = {
	TEST(ends_when_the_runtime_is_gone),
	TEST(refuses_a_bad_launch),
	TEST(refuses_a_launch_without_the_standard_descriptors),
	TEST(hands_further_descriptors_to_the_program),
	TEST(refuses_a_program_that_could_change),
	TEST(refuses_a_truncated_program),
	TEST(refuses_a_slot_that_the_program_does_not_have),
	TEST(refuses_more_descriptors_than_slots),
	TEST(refuses_a_program_without_an_end),
	TEST(waits_for_the_answer),
	TEST(keeps_the_capabilities_of_a_new_user_namespace),
	TEST(goes_on_in_a_child),
	TEST(joins_the_namespaces_of_another),
	TEST(waits_for_a_start_that_means_it),
	TEST(resets_a_start_that_comes_second),
	TEST(reports_to_the_start_that_the_exec_failed),
	{0},
};
