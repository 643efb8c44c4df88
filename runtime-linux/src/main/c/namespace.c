/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces: joining them, the child that a PID namespace needs, the clocks of a new one, the wait
 * for the runtime to set one up from outside, and the names of a new UTS namespace.
 */
#include <linux/sched.h>

#include "procfs.h"
#include "text.h"

long join_namespaces(struct stub *stub, struct fields *fields)
{
	int namespaces = slot_get(stub, next_number(fields));

	return sys(setns, namespaces, next_number(fields));
}

/*
 * In the child. The runtime learns of the child by the parent's report, and must not meet a report
 * of the child before that: the child waits for the byte that follows the report. End of file
 * instead means that the parent died before it could send one.
 */
static long await_parent(const int *pipe)
{
	char byte;

	sys(close, pipe[1]);
	if (sys(read, pipe[0], &byte, 1) != 1)
		leave(1);
	sys(close, pipe[0]);
	return 0;
}

long fork_child(struct stub *stub, struct fields *fields)
{
	int pidfd = -1;
	/* CLONE_PARENT makes the child the runtime's child, and allows no exit signal of its own. */
	struct clone_args arguments = {
		.flags = CLONE_PARENT | CLONE_PIDFD | next_number(fields),
		.pidfd = (u64)&pidfd,
	};
	u64 cgroups = next_number(fields);
	int pipe[2];
	long result;

	if (cgroups) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = (u64)slot_get(stub, next_number(fields));
	}
	result = called(&stub->reports, "pipe2", 0, sys(pipe2, pipe, O_CLOEXEC));
	if (result < 0)
		return result;
	result = called(&stub->reports, "clone3", 0, sys(clone3, &arguments, sizeof(arguments)));
	if (result < 0)
		return result;
	if (result == 0)
		return await_parent(pipe);
	report_with(&stub->reports, REPORT_FORKED, (u64)result, &pidfd, 1);
	sys(write, pipe[1], "", 1);
	leave(0);
}

/*
 * The kernel settles the offsets when the first process enters, and unshare(2) leaves this one where
 * it is; it can enter since it has one thread only.
 */
long new_time_namespace(struct stub *stub, struct fields *fields)
{
	const char *link = "self/ns/time_for_children";
	const char *offsets = next_string(fields);
	long namespace, result;

	result = called(&stub->reports, "unshare", "CLONE_NEWTIME", sys(unshare, CLONE_NEWTIME));
	if (result >= 0 && *offsets)
		result = procfs_write(stub, "/proc/self/timens_offsets", offsets);
	if (result < 0)
		return result;
	namespace = sys(openat, stub->procfs, link, O_RDONLY | O_CLOEXEC);
	if (namespace < 0)
		return called(&stub->reports, "openat", link, namespace);
	result = sys(setns, namespace, CLONE_NEWTIME);
	sys(close, namespace);
	return called(&stub->reports, "setns", link, result);
}

/* The descriptors in the slots that the next field names; returns how many. */
static u64 gather(const struct stub *stub, struct fields *fields, int *descriptors)
{
	u64 count = next_number(fields);

	for (u64 i = 0; i < count; i++) {
		u64 slot = next_number(fields);

		if (i < SCM_MAX_FD)
			descriptors[i] = slot_get(stub, slot);
	}
	return count;
}

/* Puts them into the slots that the next field names, of which there are `count`. */
static long scatter(struct stub *stub, struct fields *fields, u64 count)
{
	int descriptors[SCM_MAX_FD];
	long result = 0;

	if (!told_to_go_with(stub->reports.socket, descriptors, count))
		leave(1);
	for (u64 i = 0; i < count && !result; i++)
		result = slot_put(stub, next_number(fields), descriptors[i]);
	return result;
}

long synchronize(struct stub *stub, struct fields *fields)
{
	u64 point = next_number(fields);
	int descriptors[SCM_MAX_FD];
	u64 sent = gather(stub, fields, descriptors);
	u64 received = next_number(fields);

	if (sent > SCM_MAX_FD || received > SCM_MAX_FD)
		return -EINVAL;
	if (sent)
		report_with(&stub->reports, REPORT_SYNC, point, descriptors, sent);
	else
		report(&stub->reports, REPORT_SYNC, point);
	if (received)
		return scatter(stub, fields, received);
	if (!told_to_go(stub->reports.socket))
		leave(1);
	return 0;
}

long set_hostname(struct fields *fields)
{
	const char *name = next_string(fields);

	return sys(sethostname, name, text_length(name));
}

long set_domainname(struct fields *fields)
{
	const char *name = next_string(fields);

	return sys(setdomainname, name, text_length(name));
}
