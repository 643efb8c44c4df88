/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process has besides its ids and namespaces: signals, cgroup, limits.
 */
#include <linux/resource.h>
#include <linux/signal.h>

#include "procfs.h"

#define SIGNALS 64

/*
 * CLONE_CLEAR_SIGHAND resets handlers, but what the JVM ignores stays ignored, across exec too:
 * a program that inherits an ignored SIGPIPE behaves differently. The mask is inherited as well.
 */
long reset_signals(void)
{
	/* SIG_DFL, no flags, empty mask; struct sigaction is no longer than this anywhere. */
	u64 action[4] = {0};
	u64 none = 0;

	for (int signal = 1; signal <= SIGNALS; signal++) {
		long result = signal == SIGKILL || signal == SIGSTOP
				      ? 0
				      : sys(rt_sigaction, signal, action, 0, sizeof(none));

		if (result < 0)
			return result;
	}
	return sys(rt_sigprocmask, SIG_SETMASK, &none, 0, sizeof(none));
}

long join_cgroup(struct stub *stub, struct fields *fields)
{
	return sys(write, slot_get(stub, next_number(fields)), "0", 1);
}

long set_oom_score_adj(struct stub *stub, struct fields *fields)
{
	return procfs_set(stub, "/proc/self/oom_score_adj", next_string(fields));
}

long set_rlimit(struct fields *fields)
{
	u64 resource = next_number(fields);
	struct rlimit64 limit;

	limit.rlim_cur = next_number(fields);
	limit.rlim_max = next_number(fields);
	return sys(prlimit64, 0, resource, &limit, 0);
}

/*
 * The sources of a container's mounts may have to be open all at once, and the soft limit is the
 * runtime's. The plan sets that of a hook, and of the program.
 */
void raise_open_files(void)
{
	struct rlimit64 limit;

	if (sys(prlimit64, 0, RLIMIT_NOFILE, 0, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	sys(prlimit64, 0, RLIMIT_NOFILE, &limit, 0);
}
