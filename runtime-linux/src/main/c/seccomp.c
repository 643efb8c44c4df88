/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters of system calls. From then on every call is subject to the filter, those of the stub too.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "stub.h"

static long load_filter(struct stub *stub, struct fields *fields, u64 more_flags)
{
	u64 flags = next_number(fields) | more_flags;
	u64 count = next_number(fields);
	/* struct sock_filter has eight bytes, and the runtime puts one into a number. */
	struct sock_fprog program = {(unsigned short)count, (struct sock_filter *)fields->at};
	long result;

	if (count > BPF_MAXINSNS)
		return -EINVAL;
	result = close_at_exec(stub);
	if (result < 0)
		return result;
	result = sys(seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	stub->filtered = result >= 0;
	return called(&stub->reports, "seccomp", 0, result);
}

long load_seccomp(struct stub *stub, struct fields *fields)
{
	return load_filter(stub, fields, 0);
}

/*
 * The runtime takes the listener by itself, by pidfd_getfd(2): an agent who is to decide on
 * sendmsg(2) cannot do so before he has it.
 */
long load_seccomp_listener(struct stub *stub, struct fields *fields)
{
	long listener = load_filter(stub, fields, SECCOMP_FILTER_FLAG_NEW_LISTENER);

	if (listener < 0)
		return listener;
	report_listener(&stub->reports, listener);
	if (!told_to_go(stub->reports.socket))
		leave(1);
	return sys(close, listener);
}
