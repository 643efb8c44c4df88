/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hook: another program, which runs to its end before the next step. It reads the container's
 * state on its standard input, and the end of what it writes goes into the report if it fails.
 *
 * It has a session of its own, so that one that takes too long is killed with all that it started
 * and that did not leave its process group.
 */
#include <linux/close_range.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/time.h>
#include <linux/wait.h>

#include "memory.h"
#include "stub.h"
#include "text.h"

#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1u
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u /* since Linux 6.3 */
#endif

#define NANOSECONDS 1000000000ul
#define READS_MAX   256 /* more than a pipe holds */
#define TAIL_HALF   220 /* both halves, and what is said about them, fit into DETAIL_MAX */

struct hook {
	u64 index;
	const char *program;
	const char **arguments;
	const char **environment;
	u64 seconds;	      /* 0: as long as it likes */
	u64 open_files;	      /* its soft limit; 0: as it is */
	const char *before;   /* its standard input, up to this process's own pid */
	const char *after;    /* the rest; empty where the pid is not in it */
	struct refusal *refusal;
	long parent; /* this process */
};

/* In memory shared with the child: why it could not become the hook. */
struct refusal {
	const char *call;
	long error; /* 0 where it could */
};

/* The end of what a hook writes. */
struct tail {
	char text[2 * TAIL_HALF];
	u64 length;
	int is_cut;
};

struct running {
	long pid;
	int pidfd;
	int output; /* -1 at its end */
	struct tail tail;
};

enum outcome { ENDED, TOO_LATE, ABANDONED };

static long write_all(int file, const char *bytes, u64 size)
{
	while (size) {
		long written = sys(write, file, bytes, size);

		if (written < 0)
			return written;
		bytes += written;
		size -= (u64)written;
	}
	return 0;
}

static long write_state(int file, const struct hook *hook)
{
	char pid[DECIMAL_MAX];
	long result = write_all(file, hook->before, text_length(hook->before));

	if (result >= 0 && *hook->after)
		result = write_all(file, pid, text_decimal(pid, (u64)hook->parent));
	if (result >= 0)
		result = write_all(file, hook->after, text_length(hook->after));
	return result < 0 ? result : sys(lseek, file, 0, 0);
}

/* A file and no pipe: it takes a state of any length, and a hook need not read it. */
static long open_state(struct stub *stub, const struct hook *hook)
{
	long file = sys(memfd_create, "state", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	long result;

	if (file == -EINVAL)
		file = sys(memfd_create, "state", MFD_CLOEXEC);
	if (file < 0)
		return called(&stub->reports, "memfd_create", 0, file);
	result = called(&stub->reports, "write", "state", write_state((int)file, hook));
	if (result >= 0)
		return file;
	sys(close, file);
	return result;
}

static void tail_add(struct tail *tail, const char *bytes, u64 size)
{
	for (; size; size--) {
		if (tail->length == sizeof(tail->text)) {
			memcpy(tail->text, tail->text + TAIL_HALF, TAIL_HALF);
			tail->length = TAIL_HALF;
			tail->is_cut = 1;
		}
		tail->text[tail->length++] = *bytes++;
	}
}

__attribute__((noreturn)) static void refuse(const struct hook *hook, const char *call, long error)
{
	hook->refusal->call = call;
	hook->refusal->error = error;
	leave(127);
}

static long limit_open_files(u64 soft)
{
	struct rlimit64 limit;
	long result = sys(prlimit64, 0, RLIMIT_NOFILE, 0, &limit);

	limit.rlim_cur = soft;
	return result < 0 ? result : sys(prlimit64, 0, RLIMIT_NOFILE, &limit, 0);
}

/* In the child. */
__attribute__((noreturn)) static void become(const struct hook *hook, int input, int output)
{
	const int standard[STDIO_END] = {input, output, output};
	long result;

	sys(setsid);
	sys(prctl, PR_SET_PDEATHSIG, SIGKILL);
	if (sys(getppid) != hook->parent)
		leave(127); /* it was too late for the signal */
	for (int i = 0; i < STDIO_END; i++) {
		result = sys(dup3, standard[i], i, 0);
		if (result < 0)
			refuse(hook, "dup3", result);
	}
	result = sys(close_range, STDIO_END, ~0u, CLOSE_RANGE_CLOEXEC);
	if (result < 0)
		refuse(hook, "close_range", result);
	result = hook->open_files ? limit_open_files(hook->open_files) : 0;
	if (result < 0)
		refuse(hook, "prlimit64", result);
	refuse(hook, "execve",
	       sys(execve, hook->program, hook->arguments, hook->environment));
}

/*
 * clone(2), since the filters of a container's own, which are in force at the start, refuse clone3:
 * they cannot look at its flags.
 */
static long begin(struct stub *stub, const struct hook *hook, struct running *running)
{
	long input = open_state(stub, hook);
	int pipe[2];
	long result;

	if (input < 0)
		return input;
	result = called(&stub->reports, "pipe2", 0, sys(pipe2, pipe, O_CLOEXEC));
	if (result >= 0) {
		result = sys(clone, CLONE_PIDFD | SIGCHLD, 0, &running->pidfd, 0, 0);
		if (result == 0)
			become(hook, (int)input, pipe[1]);
		called(&stub->reports, "clone", 0, result);
		running->pid = result;
		running->output = pipe[0];
		sys(close, pipe[1]);
	}
	sys(close, input);
	return result;
}

static u64 now(void)
{
	struct __kernel_timespec time = {0};

	sys(clock_gettime, CLOCK_MONOTONIC, &time);
	return (u64)time.tv_sec * NANOSECONDS + (u64)time.tv_nsec;
}

/* Reads once; there is something to read, or the end. */
static void read_output(struct running *running)
{
	char bytes[1024];
	long size = sys(read, running->output, bytes, sizeof(bytes));

	if (size > 0) {
		tail_add(&running->tail, bytes, (u64)size);
	} else {
		sys(close, running->output);
		running->output = -1;
	}
}

/* What it wrote before its end; a process that it left behind may write for ever. */
static void read_rest(struct running *running)
{
	struct __kernel_timespec none = {0};

	for (int reads = 0; reads < READS_MAX; reads++) {
		struct pollfd poll = {running->output, POLLIN, 0};

		if (running->output < 0 || sys(ppoll, &poll, 1, &none, 0, 0) <= 0)
			return;
		read_output(running);
	}
}

/* Until the hook has ended, its time is over, or nobody is left to whom that matters. */
static enum outcome await(const struct stub *stub, const struct hook *hook, struct running *running)
{
	u64 deadline = hook->seconds ? now() + hook->seconds * NANOSECONDS : ~0ul;

	for (;;) {
		struct pollfd polls[] = {{running->pidfd, POLLIN, 0},
					 {running->output, POLLIN, 0},
					 {stub->reports.socket, 0, 0}};
		u64 time = now();
		u64 left = time < deadline ? deadline - time : 0;
		struct __kernel_timespec timeout = {(long)(left / NANOSECONDS),
						    (long)(left % NANOSECONDS)};
		long ready = sys(ppoll, polls, 3, hook->seconds ? &timeout : 0, 0, 0);

		if (ready < 0 && ready != -EINTR)
			return ABANDONED;
		if (polls[2].revents)
			return ABANDONED;
		if (polls[0].revents)
			return ENDED;
		if (polls[1].revents)
			read_output(running);
		if (!left)
			return TOO_LATE;
	}
}

static void kill_all(const struct running *running)
{
	sys(kill, -running->pid, SIGKILL);
	sys(pidfd_send_signal, running->pidfd, SIGKILL, 0, 0);
}

static void explain_number(struct reports *reports, const char *text, u64 number)
{
	char decimal[DECIMAL_MAX + 1];

	decimal[text_decimal(decimal, number)] = 0;
	explain(reports, text);
	explain(reports, decimal);
}

static void explain_output(struct reports *reports, struct tail *tail)
{
	u64 end = tail->length;

	while (end && (tail->text[end - 1] == '\n' || !tail->text[end - 1]))
		end--;
	if (!end)
		return;
	explain(reports, tail->is_cut ? ": ..." : ": ");
	explain_bytes(reports, tail->text, end);
}

/* Ends the stub unless the hook has succeeded. */
static long judge(struct stub *stub, const struct hook *hook, struct running *running,
		  enum outcome outcome)
{
	struct reports *reports = &stub->reports;
	siginfo_t end = {0};
	long result = sys(waitid, P_PIDFD, running->pidfd, &end, WEXITED, 0);

	if (result < 0)
		return called(reports, "waitid", 0, result);
	if (hook->refusal->error)
		return called(reports, hook->refusal->call, hook->program, hook->refusal->error);
	if (outcome == ENDED && end.si_code == CLD_EXITED && !end.si_status)
		return 0;
	reports->report.length = 0;
	if (outcome == TOO_LATE) {
		explain_number(reports, "killed, since it took longer than ", hook->seconds);
		explain(reports, " s");
	} else if (end.si_code == CLD_EXITED) {
		explain_number(reports, "exited with ", (u64)end.si_status);
	} else {
		explain_number(reports, "killed by signal ", (u64)end.si_status);
	}
	read_rest(running);
	explain_output(reports, &running->tail);
	report_failure(reports, 0);
}

static long run(struct stub *stub, const struct hook *hook)
{
	struct running running = {0};
	long result = begin(stub, hook, &running);
	enum outcome outcome;

	if (result < 0)
		return result;
	outcome = await(stub, hook, &running);
	if (outcome != ENDED)
		kill_all(&running);
	if (outcome == ABANDONED)
		leave(1);
	result = judge(stub, hook, &running, outcome);
	sys(close, running.pidfd);
	if (running.output >= 0)
		sys(close, running.output);
	return result;
}

long run_hook(struct stub *stub, struct fields *fields)
{
	struct hook hook = {.index = next_number(fields), .program = next_string(fields)};
	long result;

	stub->reports.hook = hook.index + 1;
	hook.arguments = next_vector(fields, 0);
	hook.environment = hook.arguments ? next_vector(fields, 0) : 0;
	hook.refusal = hook.environment ? allocate_shared(sizeof(*hook.refusal)) : 0;
	if (!hook.refusal)
		return called(&stub->reports, "mmap", 0, -ENOMEM);
	hook.seconds = next_number(fields);
	hook.open_files = next_number(fields);
	hook.before = next_string(fields);
	hook.after = next_string(fields);
	hook.parent = sys(getpid);
	result = run(stub, &hook);
	if (result >= 0)
		stub->reports.hook = 0;
	return result;
}
