/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process's share of the machine: processors, disks, memory nodes.
 */
#include <linux/ioprio.h>
#include <linux/sched/types.h>

#include "stub.h"

#define PROCESSORS_MAX 8192 /* NR_CPUS can be no more */
#define WORD_BITS      64

long set_affinity(struct fields *fields)
{
	u64 words = next_number(fields);

	return sys(sched_setaffinity, 0, words * sizeof(u64), fields->at);
}

/* The kernel takes of all processors those that are there, and that the cgroup has. */
long reset_affinity(void)
{
	u64 all[PROCESSORS_MAX / WORD_BITS];

	for (u64 i = 0; i < PROCESSORS_MAX / WORD_BITS; i++)
		all[i] = ~0ul;
	return sys(sched_setaffinity, 0, sizeof(all), all);
}

long set_scheduler(struct fields *fields)
{
	struct sched_attr attributes = {.size = sizeof(attributes)};

	attributes.sched_policy = (u32)next_number(fields);
	attributes.sched_flags = next_number(fields);
	attributes.sched_nice = (int)next_number(fields);
	attributes.sched_priority = (u32)next_number(fields);
	attributes.sched_runtime = next_number(fields);
	attributes.sched_deadline = next_number(fields);
	attributes.sched_period = next_number(fields);
	return sys(sched_setattr, 0, &attributes, 0);
}

long set_io_priority(struct fields *fields)
{
	u64 class = next_number(fields);

	return sys(ioprio_set, IOPRIO_WHO_PROCESS, 0,
		   IOPRIO_PRIO_VALUE(class, next_number(fields)));
}

/* The call takes one bit less than it is told; mbind(2) has the story. */
long set_memory_policy(struct fields *fields)
{
	u64 mode = next_number(fields);
	u64 words = next_number(fields);

	return sys(set_mempolicy, mode, words ? fields->at : 0, words ? words * WORD_BITS + 1 : 0);
}
