/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the meter share. */
#pragma once

#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Something to measure. Whatever fails ends the process that met it. */
struct subject {
	void (*set_up)(char **arguments);
	void (*round)(void);
	/* Takes away what a round that failed left behind; may be 0. */
	void (*clean_up)(void);
};

extern const struct subject container;
extern const struct subject exec;
extern const struct subject command;

/* The result of a system call that must succeed; `object` is for the message. */
#define call(object, name, ...) must(syscall(SYS_##name, ##__VA_ARGS__), #name, object)

long must(long result, const char *name, const char *object);
_Noreturn void fail(const char *name, const char *object);

/* The same without an errno. */
_Noreturn void give_up(const char *object, const char *problem);

/* Waits for a child, whose exit status must be 0. */
void await_exit(int pidfd, const char *what);

/* Whether a packet came, and not the end of the connection. */
int receive_packet(int socket);

/* ---- cgroups.c: the cgroups of a container, one in each hierarchy ---- */

#define HIERARCHIES_MAX 16
#define PATH_LENGTH 512

struct cgroups {
	int count;
	struct cgroup {
		char directory[20]; /* of the hierarchy, in /sys/fs/cgroup; empty for version 2 alone */
		char name[256]; /* of the cgroup, in the hierarchy */
		int hierarchy;
		int is_unified;
	} all[HIERARCHIES_MAX];
};

/* Those of the process `pid`, or those to be, called `name`, each the root's child. */
void cgroups_of(struct cgroups *cgroups, const char *pid);
void cgroups_named(struct cgroups *cgroups, const char *name);

void cgroups_make(const struct cgroups *cgroups);
void cgroups_open(const struct cgroups *cgroups, int *descriptors);
void cgroups_join(const struct cgroups *cgroups, const int *descriptors);
void cgroups_close(const struct cgroups *cgroups, const int *descriptors);
void cgroups_remove(const struct cgroups *cgroups);

/* The descriptor to be born into by CLONE_INTO_CGROUP, or -1. */
int cgroups_unified(const struct cgroups *cgroups, const int *descriptors);

/* Opens a file of a cgroup, or, by an empty name, the cgroup; -1 if there is none. */
int cgroup_open(const struct cgroup *cgroup, const char *file, uint64_t flags);

/* ---- figures.c: what is asked of them ---- */

void figures_frozen(const struct cgroups *cgroups);
void figures_killed(const struct cgroups *cgroups);
void figures_used(const struct cgroups *cgroups);

/* ---- state.c: the directory of a container, locked while it is open ---- */

void state_set_up(const char *root, const char *id);
int state_make(void);
int state_find(void);
void state_write(int directory, const char *name, const char *text, size_t size);
void state_record(int directory, pid_t pid);
int state_has_process(pid_t pid);

/* What tells an operation whether it is allowed. */
void state_query(int directory, pid_t pid);

int state_listen(int directory);
int state_lock_created(int directory);
void state_start(int directory);
void state_await_start(int listener);
void state_delete(int directory);
void state_clean_up(void);

/* ---- root.c: from the host's mounts to the container's ---- */

void enter_root(const char *rootfs, const struct cgroups *cgroups);

/* ---- program.c: from a process of the container to its program ---- */

void reset_affinity(void);
void make_keyring(const char *name);
void join_keyring(const char *name);
void give_up_privileges(void);
void find_program(char *const *arguments);
_Noreturn void execute(char *const *arguments);
