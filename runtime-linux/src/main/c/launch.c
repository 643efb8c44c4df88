/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the kernel's entry to the first step: receives the program and the descriptors.
 *
 * Nothing is taken over from the process that started this one but the socket: what else is open
 * in it, other libraries of that JVM may have opened, without O_CLOEXEC, a moment ago
 * (CVE-2024-21626 was such a descriptor).
 */
#include <linux/mman.h>

#include "path.h"

#define REPORT_SOCKET 3
#define SEALS	      (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static long decimal(const char *text)
{
	long number = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || number > 0xffffff)
			return -1;
		number = number * 10 + (*text - '0');
	}
	return number;
}

static void take_socket(long socket)
{
	/* dup3 of a descriptor onto itself is EINVAL. */
	long result = socket == REPORT_SOCKET ? sys(fcntl, REPORT_SOCKET, F_SETFD, FD_CLOEXEC)
					      : sys(dup3, socket, REPORT_SOCKET, O_CLOEXEC);

	if (result < 0)
		leave(1); /* nobody to tell */
}

/* The launch message, and the descriptors that came with it. */
static struct launch receive_launch(struct reports *reports, struct descriptors_message *control)
{
	struct launch launch;
	struct io_vector vector = {&launch, sizeof(launch)};
	struct message message = {.vectors = &vector,
				  .vector_count = 1,
				  .control = control,
				  .control_size = sizeof(*control)};
	long size = sys(recvmsg, reports->socket, &message, MSG_CMSG_CLOEXEC);

	if (size == 0)
		leave(1);
	if (size < 0)
		report_failure(reports, called(reports, "recvmsg", 0, size));
	if (size != sizeof(launch) || message.flags & (MSG_TRUNC | MSG_CTRUNC) ||
	    launch.magic != LAUNCH_MAGIC || message.control_size < DESCRIPTORS_HEADER ||
	    control->level != SOL_SOCKET || control->type != SCM_RIGHTS ||
	    launch.descriptors > SCM_MAX_FD || launch.inherited < STDIO_END ||
	    launch.inherited >= launch.descriptors ||
	    control->size != DESCRIPTORS_HEADER + launch.descriptors * sizeof(int))
		report_failure(reports, called(reports, "recvmsg", "launch", -EPROTO));
	return launch;
}

/*
 * A descriptor of the stub's own, out of the way of those that the program inherits. One that took
 * such a number would be closed by the dup3 to it: the socket, with more than the standard three,
 * and any where the JVM itself runs with standard descriptors closed.
 */
static int above(struct reports *reports, int descriptor, u64 inherited)
{
	long result;

	if ((u64)descriptor >= inherited)
		return descriptor;
	result = sys(fcntl, descriptor, F_DUPFD_CLOEXEC, inherited);
	if (result < 0)
		report_failure(reports, called(reports, "fcntl", "F_DUPFD_CLOEXEC", result));
	return (int)result;
}

/* Not close-on-exec from here on: every number below `inherited` is now the program's. */
static void inherit(struct reports *reports, const int *descriptors, u64 inherited)
{
	for (u64 i = 0; i < inherited; i++) {
		long result = sys(dup3, descriptors[i], i, 0);

		if (result < 0)
			report_failure(reports, called(reports, "dup3", 0, result));
		sys(close, descriptors[i]);
	}
}

/* Sealed, so that nobody changes it between the check and the steps. */
static const void *map_program(struct reports *reports, int memfd)
{
	long seals = sys(fcntl, memfd, F_GET_SEALS);
	struct statx status;
	const char *problem;
	long result;

	if (seals < 0 || (seals & SEALS) != SEALS)
		report_failure(reports,
			       called(reports, "fcntl", "F_GET_SEALS", seals < 0 ? seals : -EPERM));
	result = path_status(memfd, &status);
	if (result < 0)
		report_failure(reports, called(reports, "statx", "program", result));
	if (status.stx_size < sizeof(struct program_header) || status.stx_size > PROGRAM_MAX)
		report_failure(reports, called(reports, "program", "size", -EPROTO));
	result = sys(mmap, 0, status.stx_size, PROT_READ, MAP_PRIVATE, memfd, 0);
	if (result < 0)
		report_failure(reports, called(reports, "mmap", "program", result));
	sys(close, memfd);
	problem = program_check((const void *)result, status.stx_size);
	if (problem) {
		called(reports, "program", problem, -EPROTO);
		report_failure(reports, -EPROTO);
	}
	return (const void *)result;
}

void stub_main(u64 *stack)
{
	u64 argc = stack[0];
	char **argv = (char **)(stack + 1);
	long socket = argc == 2 ? decimal(argv[1]) : -1;
	struct descriptors_message control;
	struct launch launch;
	struct stub stub;
	struct reports *reports = &stub.reports;
	const void *program;

	if (socket < 0)
		leave(1);
	take_socket(socket);
	sys(close_range, REPORT_SOCKET + 1, ~0u, 0);
	stub_initialise(&stub, REPORT_SOCKET);
	launch = receive_launch(reports, &control);
	stub.inherited = launch.inherited;
	reports->socket = above(reports, reports->socket, launch.inherited);
	for (u64 i = 0; i < launch.descriptors; i++)
		control.descriptors[i] = above(reports, control.descriptors[i], launch.inherited);
	inherit(reports, control.descriptors + 1, launch.inherited);
	for (u64 i = 1 + launch.inherited; i < launch.descriptors; i++)
		stub.slots[i - 1 - launch.inherited] = control.descriptors[i];
	program = map_program(reports, control.descriptors[0]);
	/*
	 * The umask so far is the JVM's. What steps make gets the mode that they say; the program's own
	 * umask, SET_UMASK, comes after the last of them.
	 */
	sys(umask, 0);
	run_program(&stub, program);
}
