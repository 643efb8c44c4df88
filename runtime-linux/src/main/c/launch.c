/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the kernel's entry to the first step: receives the program and the descriptors.
 *
 * Nothing is taken over from the process that started this one but the socket: what else is open
 * in it, other libraries of that JVM may have opened, without O_CLOEXEC, a moment ago
 * (CVE-2024-21626 was such a descriptor).
 */
#include <linux/mman.h>

#include "memory.h"
#include "path.h"

#define REPORT_SOCKET 3
#define SEALS	      (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

#define DESCRIPTORS_MAX (1ul << 30) /* no limit of open files is greater */

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

__attribute__((noreturn)) static void refuse_launch(struct reports *reports, long error)
{
	report_failure(reports, called(reports, "recvmsg", "launch", error));
}

/* One message of the launch; returns how many descriptors came with it. */
static u64 receive(struct reports *reports, struct launch *launch,
		   struct descriptors_message *control)
{
	struct io_vector vector = {launch, sizeof(*launch)};
	struct message message = {.vectors = &vector,
				  .vector_count = 1,
				  .control = control,
				  .control_size = sizeof(*control)};
	long size = sys(recvmsg, reports->socket, &message, MSG_CMSG_CLOEXEC);

	if (size == 0)
		leave(1);
	if (size < 0)
		refuse_launch(reports, size);
	if (message.flags & MSG_CTRUNC)
		refuse_launch(reports, -EMFILE);
	if (size != sizeof(*launch) || message.flags & MSG_TRUNC || launch->magic != LAUNCH_MAGIC ||
	    message.control_size <= DESCRIPTORS_HEADER || control->level != SOL_SOCKET ||
	    control->type != SCM_RIGHTS)
		refuse_launch(reports, -EPROTO);
	return (control->size - DESCRIPTORS_HEADER) / sizeof(int);
}

/* The launch, and the descriptors that came with its messages. */
static struct launch receive_launch(struct reports *reports, int **descriptors)
{
	struct descriptors_message control;
	struct launch launch;
	u64 count = receive(reports, &launch, &control);

	if (launch.descriptors > DESCRIPTORS_MAX || launch.inherited < STDIO_END ||
	    launch.inherited >= launch.descriptors)
		refuse_launch(reports, -EPROTO);
	*descriptors = allocate(launch.descriptors * sizeof(int));
	if (!*descriptors)
		refuse_launch(reports, -ENOMEM);
	for (u64 have = 0;; count = receive(reports, &launch, &control)) {
		if (launch.descriptors < have || count > launch.descriptors - have)
			refuse_launch(reports, -EPROTO);
		memcpy(*descriptors + have, control.descriptors, count * sizeof(int));
		have += count;
		if (have == launch.descriptors)
			return launch;
	}
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

/* The slots of the program, the first of them filled. */
static void fill_slots(struct stub *stub, const void *program, const int *descriptors, u64 count)
{
	struct reports *reports = &stub->reports;
	long result = slots_make(stub, program);

	if (result < 0)
		report_failure(reports, called(reports, "mmap", "slots", result));
	if (count > stub->slot_count)
		report_failure(reports, called(reports, "program", "slots", -EPROTO));
	for (u64 i = 0; i < count; i++)
		stub->slots[i] = descriptors[i];
}

void stub_main(u64 *stack)
{
	u64 argc = stack[0];
	char **argv = (char **)(stack + 1);
	long socket = argc == 2 ? decimal(argv[1]) : -1;
	int *descriptors;
	struct launch launch;
	struct stub stub;
	struct reports *reports = &stub.reports;
	const void *program;
	u64 first; /* of those for slots */

	if (socket < 0)
		leave(1);
	take_socket(socket);
	sys(close_range, REPORT_SOCKET + 1, ~0u, 0);
	stub_initialise(&stub, REPORT_SOCKET);
	raise_open_files();
	launch = receive_launch(reports, &descriptors);
	stub.inherited = launch.inherited;
	first = 1 + launch.inherited;
	reports->socket = above(reports, reports->socket, launch.inherited);
	for (u64 i = 0; i < launch.descriptors; i++)
		descriptors[i] = above(reports, descriptors[i], launch.inherited);
	inherit(reports, descriptors + 1, launch.inherited);
	program = map_program(reports, descriptors[0]);
	fill_slots(&stub, program, descriptors + first, launch.descriptors - first);
	/*
	 * The umask so far is the JVM's. What steps make gets the mode that they say; the program's own
	 * umask, SET_UMASK, comes after the last of them.
	 */
	sys(umask, 0);
	run_program(&stub, program);
}
