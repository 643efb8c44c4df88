/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process of a container, until it becomes the container's program.
 *
 * It decides nothing. The runtime has read the configuration, checked it and turned it into a list
 * of steps; the stub runs them in order and, when one fails, says which and with what errno, and
 * ends. This file is the switch, and the table of descriptors that steps hand to each other;
 * launch.c is how it all starts.
 */
#include "stub.h"

#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/signal.h>

void leave(int status)
{
	for (;;)
		sys(exit_group, status);
}

static void *map(u64 size, int sharing)
{
	long memory =
		sys(mmap, 0, size, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);

	return memory < 0 ? 0 : (void *)memory;
}

void *allocate(u64 size)
{
	return map(size, MAP_PRIVATE);
}

void *allocate_shared(u64 size)
{
	return map(size, MAP_SHARED);
}

void stub_initialise(struct stub *stub, int socket)
{
	stub->reports.socket = socket;
	stub->reports.report = (struct report){.step = ~0ul};
	stub->reports.hook = 0;
	stub->root = -1;
	stub->root_mount = 0;
	stub->root_inode = 0;
	stub->procfs = -1;
	stub->null = -1;
	stub->empty = -1;
	stub->in_directory = 0;
	stub->home = 0;
	stub->executable = 0;
	stub->filtered = 0;
	stub->inherited = STDIO_END;
	stub->slot_count = 0;
}

long slots_make(struct stub *stub, const void *program)
{
	u64 count = program_slots(program);

	if (!count)
		return 0;
	stub->last_uses = allocate(count * sizeof(*stub->last_uses));
	stub->slots = allocate(count * sizeof(*stub->slots));
	if (!stub->last_uses || !stub->slots)
		return -ENOMEM;
	for (u64 i = 0; i < count; i++)
		stub->slots[i] = -1;
	program_last_uses(program, stub->last_uses);
	stub->slot_count = count;
	return 0;
}

int slot_get(const struct stub *stub, u64 slot)
{
	return slot < stub->slot_count ? stub->slots[slot] : -1;
}

long slot_put(struct stub *stub, u64 slot, long descriptor)
{
	if (descriptor < 0)
		return descriptor;
	if (slot >= stub->slot_count || stub->slots[slot] >= 0)
		return -EBADF;
	stub->slots[slot] = (int)descriptor;
	return 0;
}

/*
 * Closes what no later step needs: a container may have more mounts than a process may have open
 * files. Besides, a container that may trace its processes (CAP_SYS_PTRACE without a user namespace)
 * can open what one that joins it still has.
 */
static void close_unused(struct stub *stub, const struct step_header *step, u64 index)
{
	struct step_slots slots = step_slots(step);
	u64 slot;

	while (next_slot(&slots, &slot)) {
		if (stub->last_uses[slot] == index && stub->slots[slot] >= 0) {
			sys(close, stub->slots[slot]);
			stub->slots[slot] = -1;
		}
	}
}

static long run_step(struct stub *stub, enum operation operation, struct fields *fields)
{
	switch (operation) {
	case OP_RESET_SIGNALS:
		return reset_signals();
	case OP_SET_UMASK:
		return sys(umask, next_number(fields));
	case OP_SET_NAME:
		return sys(prctl, PR_SET_NAME, next_string(fields));
	case OP_SET_NON_DUMPABLE:
		return sys(prctl, PR_SET_DUMPABLE, 0);
	case OP_DIE_WITH_PARENT:
		return sys(prctl, PR_SET_PDEATHSIG, SIGKILL);
	case OP_SET_AFFINITY:
		return set_affinity(fields);
	case OP_RESET_AFFINITY:
		return reset_affinity();
	case OP_MAKE_KEYRING:
		return make_keyring(stub, fields);
	case OP_JOIN_KEYRING:
		return join_keyring(stub, fields);
	case OP_JOIN_CGROUP:
		return join_cgroup(stub, fields);
	case OP_OPEN_PROCFS:
		return open_procfs(stub, fields);
	case OP_CLOSE_PROCFS:
		return close_procfs(stub);
	case OP_SET_OOM_SCORE_ADJ:
		return set_oom_score_adj(stub, fields);
	case OP_SET_KEY_LABEL:
		return set_key_label(stub, fields);
	case OP_SET_SELINUX_LABEL:
		return set_selinux_label(stub, fields);
	case OP_SET_APPARMOR_PROFILE:
		return set_apparmor_profile(stub, fields);
	case OP_JOIN_NAMESPACES:
		return join_namespaces(stub, fields);
	case OP_FORK:
		return fork_child(stub, fields);
	case OP_UNSHARE:
		return sys(unshare, next_number(fields));
	case OP_NEW_TIME_NAMESPACE:
		return new_time_namespace(stub, fields);
	case OP_SYNC:
		return synchronize(stub, fields);
	case OP_NEW_SESSION:
		return sys(setsid);
	case OP_LOOPBACK_UP:
		return bring_loopback_up(stub);
	case OP_REQUIRE_FREE_NAME:
		return require_free_name(stub, fields);
	case OP_SEND_NETLINK:
		return send_netlink(stub, fields);
	case OP_SET_ROOT_PROPAGATION:
		return set_root_propagation(fields);
	case OP_MOUNT_ROOT:
		return mount_root(stub, fields);
	case OP_OPEN_TREE:
		return clone_tree(stub, fields);
	case OP_NEW_MOUNT:
		return new_mount(stub, fields);
	case OP_OPEN_TREE_INSTEAD:
		return clone_tree_instead(stub, fields);
	case OP_TRY_MOUNT:
		return try_mount(stub, fields);
	case OP_LEGACY_MOUNT:
		return legacy_mount(stub, fields);
	case OP_FIND_MOUNT:
		return find_mount(stub, fields);
	case OP_RECONFIGURE:
		return reconfigure(stub, fields);
	case OP_SET_MOUNT_ATTRIBUTES:
		return set_mount_attributes(stub, fields);
	case OP_COPY_MODE:
		return copy_mode(stub, fields);
	case OP_COPY_OWNER:
		return copy_owner(stub, fields);
	case OP_COPY_UP:
		return copy_up(stub, fields);
	case OP_ATTACH:
		return attach(stub, fields);
	case OP_COVER_ROOT:
		return cover_root(stub, fields);
	case OP_REQUIRE_DEVICE:
		return require_device(stub, fields);
	case OP_MAKE_DIRECTORY:
		return make_directory(stub, fields);
	case OP_MAKE_DEVICE:
		return make_device(stub, fields);
	case OP_MAKE_SYMLINK:
		return make_symlink(stub, fields);
	case OP_TAKE_ROOT:
		return take_root(stub, fields);
	case OP_DROP_HOST_MOUNT:
		return drop_host_mount(stub, fields);
	case OP_MOVE_ROOT:
		return move_root(stub);
	case OP_CHANGE_ROOT:
		return change_root(stub, stub->root);
	case OP_CHANGE_ROOT_TO:
		return change_root(stub, slot_get(stub, next_number(fields)));
	case OP_PIVOT_ROOT:
		return pivot_root(stub);
	case OP_OPEN_ROOT:
		return open_root(stub);
	case OP_NEW_TERMINAL:
		return new_terminal(stub, fields);
	case OP_SET_TERMINAL_SIZE:
		return set_terminal_size(stub, fields);
	case OP_OPEN_MOUNT:
		return open_mount(stub, fields);
	case OP_TAKE_TERMINAL:
		return take_terminal(stub, fields);
	case OP_OWN_STREAMS:
		return own_streams(stub, fields);
	case OP_MAKE_ROOT_READONLY:
		return make_root_readonly(stub);
	case OP_MASK_PATH:
		return mask_path(stub, fields);
	case OP_MAKE_PATH_READONLY:
		return make_path_readonly(stub, fields);
	case OP_SET_HOSTNAME:
		return set_hostname(fields);
	case OP_SET_DOMAINNAME:
		return set_domainname(fields);
	case OP_SET_SYSCTL:
		return set_sysctl(stub, fields);
	case OP_SET_RLIMIT:
		return set_rlimit(fields);
	case OP_SET_NO_NEW_PRIVILEGES:
		return sys(prctl, PR_SET_NO_NEW_PRIVS, 1);
	case OP_LOAD_SECCOMP:
		return load_seccomp(stub, fields);
	case OP_LOAD_SECCOMP_LISTENER:
		return load_seccomp_listener(stub, fields);
	case OP_SET_SCHEDULER:
		return set_scheduler(fields);
	case OP_SET_IO_PRIORITY:
		return set_io_priority(fields);
	case OP_SET_PERSONALITY:
		return sys(personality, next_number(fields));
	case OP_SET_MEMORY_POLICY:
		return set_memory_policy(fields);
	case OP_KEEP_CAPABILITIES:
		return sys(prctl, PR_SET_KEEPCAPS, 1);
	case OP_SET_BOUNDING_SET:
		return set_bounding_set(fields);
	case OP_SET_GROUPS:
		return set_groups(fields);
	case OP_TRY_DROP_GROUPS:
		return try_drop_groups();
	case OP_SET_GROUP_ID:
		return set_group_id(fields);
	case OP_SET_USER_ID:
		return set_user_id(fields);
	case OP_SET_CAPABILITIES:
		return set_capabilities(stub, fields);
	case OP_FIND_HOME:
		return find_home(stub, fields);
	case OP_TRY_DIRECTORY:
		return try_directory(stub, fields);
	case OP_REQUIRE_DIRECTORY:
		return require_directory(stub, fields);
	case OP_FIND_PROGRAM:
		return find_program(stub, fields);
	case OP_AWAIT_START:
		return await_start(stub, fields);
	case OP_RUN_HOOK:
		return run_hook(stub, fields);
	case OP_END:
		leave(0);
	case OP_EXEC:
		return execute(stub, fields);
	case OPERATIONS_END:
		break;
	}
	return -ENOSYS;
}

/* Ends without a return: the last step is EXEC, which succeeds or fails, or END. */
void run_program(struct stub *stub, const void *program)
{
	const struct step_header *step = program_start(program);

	for (u64 index = 0;; index++, step = next_step(step)) {
		struct fields fields = {(const u64 *)(step + 1)};
		long result;

		stub->reports.report.step = index;
		stub->reports.report.length = 0;
		result = run_step(stub, (enum operation)step->operation, &fields);
		if (result < 0)
			report_failure(&stub->reports, result);
		close_unused(stub, step, index);
	}
}
