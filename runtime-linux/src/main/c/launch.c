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

/* The descriptors that came with the launch message; returns how many. */
static u64 receive_launch(struct reports *reports, struct descriptors_message *control)
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
	    launch.descriptors < 1 + STDIO_END || launch.descriptors > SCM_MAX_FD ||
	    control->size != DESCRIPTORS_HEADER + launch.descriptors * sizeof(int))
		report_failure(reports, called(reports, "recvmsg", "launch", -EPROTO));
	return launch.descriptors;
}

/*
 * Where the JVM itself runs with standard descriptors closed, those received took their numbers,
 * and would be closed by the dup3 to the same number.
 */
static int above_stdio(struct reports *reports, int descriptor)
{
	long result;

	if (descriptor > REPORT_SOCKET)
		return descriptor;
	result = sys(fcntl, descriptor, F_DUPFD_CLOEXEC, REPORT_SOCKET + 1);
	if (result < 0)
		report_failure(reports, called(reports, "fcntl", "F_DUPFD_CLOEXEC", result));
	return (int)result;
}

static void take_stdio(struct reports *reports, const int *descriptors)
{
	for (int i = 0; i < STDIO_END; i++) {
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
	struct stub stub;
	const void *program;
	u64 count;

	if (socket < 0)
		leave(1);
	take_socket(socket);
	sys(close_range, REPORT_SOCKET + 1, ~0u, 0);
	stub_initialise(&stub, REPORT_SOCKET);
	count = receive_launch(&stub.reports, &control);
	for (u64 i = 0; i < count; i++)
		control.descriptors[i] = above_stdio(&stub.reports, control.descriptors[i]);
	take_stdio(&stub.reports, control.descriptors + 1);
	for (u64 i = 1 + STDIO_END; i < count; i++)
		stub.slots[i - 1 - STDIO_END] = control.descriptors[i];
	program = map_program(&stub.reports, control.descriptors[0]);
	/*
	 * The umask so far is the JVM's. What steps make gets the mode that they say; the program's own
	 * umask, SET_UMASK, comes after the last of them.
	 */
	sys(umask, 0);
	run_program(&stub, program);
}
