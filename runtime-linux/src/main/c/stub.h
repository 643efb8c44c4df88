/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stub knows while it runs, and its steps, by the file that they are in.
 *
 * A step takes its fields from the program, in the order of its signature, and returns what the
 * kernel returned: negative is an errno and ends the stub. A step of more than one system call
 * says through `called` which one failed.
 */
#pragma once

#include "program.h"
#include "report.h"
#include "sys.h"

struct stub {
	struct reports reports;
	int root;	/* the container's root, O_PATH; -1 until there is one */
	u64 root_mount; /* what makes the root the root: its mount and inode */
	u64 root_inode;
	int procfs;		/* the stub's own; -1 unless OPEN_PROCFS has opened it */
	int null;		/* /dev/null in the root, verified; -1 until a file is masked */
	int empty;		/* the mount that covers masked directories; -1 until one is */
	int in_directory;	/* TRY_DIRECTORY was let in */
	const char *home;	/* "HOME=…"; null unless FIND_HOME has looked for it */
	const char *executable; /* what FIND_PROGRAM settled on */
	int filtered; /* a seccomp filter is in force */
	u64 inherited;		/* descriptors from 0 on that are for the program */
	u64 slot_count;
	int *slots;	     /* descriptors, -1 where there is none */
	u64 *last_uses; /* of each slot: the step after which its descriptor is closed */
};

/* launch.c */
__attribute__((noreturn)) void stub_main(u64 *stack);

/* stub.c */
void stub_initialise(struct stub *stub, int socket);
__attribute__((noreturn)) void run_program(struct stub *stub, const void *program);
__attribute__((noreturn)) void leave(int status);
void *allocate(u64 size); /* of zeros; null where there is no memory */
void *allocate_shared(u64 size); /* the same, shared with children */

/* Makes the slots of a program, empty; a negative errno where there is no memory. */
long slots_make(struct stub *stub, const void *program);

/* The descriptor in a slot, -1 (EBADF to whoever uses it) where there is none. */
int slot_get(const struct stub *stub, u64 slot);

/* Fills an empty slot with a call's result; an error passes through. */
long slot_put(struct stub *stub, u64 slot, long descriptor);

/* namespace.c */
long join_namespaces(struct stub *stub, struct fields *fields);
long fork_child(struct stub *stub, struct fields *fields);
long new_time_namespace(struct stub *stub, struct fields *fields);
long synchronize(struct stub *stub, struct fields *fields);
long set_hostname(struct fields *fields);
long set_domainname(struct fields *fields);

/* network.c */
long bring_loopback_up(struct stub *stub);
long require_free_name(struct stub *stub, struct fields *fields);
long send_netlink(struct stub *stub, struct fields *fields);

/* mount.c */
long clone_tree(struct stub *stub, struct fields *fields);
long new_mount(struct stub *stub, struct fields *fields);
long set_mount_attributes(struct stub *stub, struct fields *fields);
long set_root_propagation(struct fields *fields);
long clone_tree_instead(struct stub *stub, struct fields *fields);
long try_mount(struct stub *stub, struct fields *fields);
long copy_mode(struct stub *stub, struct fields *fields);
long copy_owner(struct stub *stub, struct fields *fields);
long attach(struct stub *stub, struct fields *fields);
long open_mount(struct stub *stub, struct fields *fields);

/* remount.c */
long find_mount(struct stub *stub, struct fields *fields);
long reconfigure(struct stub *stub, struct fields *fields);

/* legacy.c */
long legacy_mount(struct stub *stub, struct fields *fields);

/* copyup.c */
long copy_up(struct stub *stub, struct fields *fields);

/* root.c */
long mount_root(struct stub *stub, struct fields *fields);
long take_root(struct stub *stub, struct fields *fields);
long cover_root(struct stub *stub, struct fields *fields);
long drop_host_mount(struct stub *stub, struct fields *fields);
long move_root(struct stub *stub);
long change_root(struct stub *stub, int directory);
long pivot_root(struct stub *stub);
long open_root(struct stub *stub);
long make_root_readonly(struct stub *stub);

/* mask.c */
long mask_path(struct stub *stub, struct fields *fields);
long make_path_readonly(struct stub *stub, struct fields *fields);

/* node.c */
long make_directory(struct stub *stub, struct fields *fields);
long make_device(struct stub *stub, struct fields *fields);
long require_device(struct stub *stub, struct fields *fields);
long make_symlink(struct stub *stub, struct fields *fields);

/* procfs.c */
long open_procfs(struct stub *stub, struct fields *fields);
long close_procfs(struct stub *stub);
long set_sysctl(struct stub *stub, struct fields *fields);

/* terminal.c */
long new_terminal(struct stub *stub, struct fields *fields);
long set_terminal_size(struct stub *stub, struct fields *fields);
long take_terminal(struct stub *stub, struct fields *fields);
long own_streams(struct stub *stub, struct fields *fields);

/* process.c */
long reset_signals(void);
long join_cgroup(struct stub *stub, struct fields *fields);
long set_oom_score_adj(struct stub *stub, struct fields *fields);
long set_rlimit(struct fields *fields);
void raise_open_files(void);

/* seccomp.c */
long load_seccomp(struct stub *stub, struct fields *fields);
long load_seccomp_listener(struct stub *stub, struct fields *fields);

/* credentials.c */
long set_bounding_set(struct fields *fields);
long set_groups(struct fields *fields);
long try_drop_groups(void);
long set_group_id(struct fields *fields);
long set_user_id(struct fields *fields);
long set_capabilities(struct stub *stub, struct fields *fields);

/* schedule.c */
long set_affinity(struct fields *fields);
long reset_affinity(void);
long set_scheduler(struct fields *fields);
long set_io_priority(struct fields *fields);
long set_memory_policy(struct fields *fields);

/* keyring.c */
long make_keyring(struct stub *stub, struct fields *fields);
long join_keyring(struct stub *stub, struct fields *fields);

/* label.c */
long set_key_label(struct stub *stub, struct fields *fields);
long set_selinux_label(struct stub *stub, struct fields *fields);
long set_apparmor_profile(struct stub *stub, struct fields *fields);

/* home.c */
long find_home(struct stub *stub, struct fields *fields);
/* hook.c */
long run_hook(struct stub *stub, struct fields *fields);

/* exec.c */
long try_directory(struct stub *stub, struct fields *fields);
long require_directory(struct stub *stub, struct fields *fields);
long find_program(struct stub *stub, struct fields *fields);
long await_start(struct stub *stub, struct fields *fields);
long close_at_exec(struct stub *stub);
long execute(struct stub *stub, struct fields *fields);

/* A list as execve(2) takes it; null where there is no memory. */
const char **next_vector(struct fields *fields, const char *last);
