/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native entry through which the JVM makes a process: clone3(2), whose child shares the JVM's
 * memory until it executes the stub, and therefore makes raw system calls only, on its own stack.
 *
 * The code is position-independent, without data, and is mapped from a sealed memfd; it has the same
 * all-long shape as syscall(2), so that Java needs one kind of downcall only:
 *
 *	long spawn(struct spawn *request, 0, 0, 0, 0, 0, 0)
 *
 * returns the child's pid, or -errno if there is none. Where there is one and request->error is not
 * 0, the child got no further than request->call and has ended; the caller reaps it.
 *
 * `raise_ambient` is for a new user namespace: an exec before the ids of that are mapped drops every
 * capability that is not ambient.
 */
#pragma once

#include "types.h"

enum spawn_call {
	SPAWN_CLONE = 1,	/* clone3 */
	SPAWN_CAPABILITIES = 2, /* capget, capset, prctl(PR_CAP_AMBIENT) */
	SPAWN_DESCRIPTORS = 3,	/* close_range(CLOSE_RANGE_CLOEXEC), fcntl(socket, F_SETFD) */
	SPAWN_EXEC = 4,		/* execveat(stub, "", AT_EMPTY_PATH) */
};

struct spawn {
	u64 clone_args; /* struct clone_args, with CLONE_VM | CLONE_VFORK and a stack */
	u64 clone_args_size;
	u64 raise_ambient; /* 1: the child raises its capabilities to ambient ones first */
	u64 stub;	   /* descriptor of the stub's memfd */
	u64 socket;	   /* descriptor of the stub's end of the socketpair */
	u64 argv;	   /* of the stub: its name, and `socket` in decimal */
	u64 envp;
	u64 error; /* out: errno of the child */
	u64 call;  /* out: enum spawn_call */
};
