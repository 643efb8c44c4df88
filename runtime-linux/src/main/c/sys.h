/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls: the entry, and the few structures that the kernel's exported headers lack.
 *
 * There is no libc and no errno: every call returns what the kernel returns, a negative errno on
 * failure. The numbers are those of <asm/unistd.h>, for whichever architecture is compiled for.
 */
#pragma once

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#include "types.h"

#define PATH_MAX  4096 /* as the kernel has it, the NUL included */
#define STDIO_END 3    /* descriptors 0, 1 and 2 are the standard ones */

#define X_OK 1

/* Defined in sys.c; the fuzz target replaces it by a table of its own. */
long system_call(long number, long a, long b, long c, long d, long e, long f);

/* sys(openat, directory, path, flags): up to six arguments, numbers or pointers. */
#define sys(...) SYS_PAD(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define SYS_PAD(name, a, b, c, d, e, f, ...)                                                       \
	system_call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* struct user_msghdr, iovec and cmsghdr are the kernel's own, not exported. */
struct io_vector {
	void *base;
	u64 size;
};

struct message {
	void *name;
	u64 name_size;
	struct io_vector *vectors;
	u64 vector_count;
	void *control;
	u64 control_size;
	u64 flags;
};

#define SCM_MAX_FD 253 /* descriptors in one message; unix(7) */

struct descriptors_message {
	u64 size;
	int level;
	int type;
	int descriptors[SCM_MAX_FD];
};

#define DESCRIPTORS_HEADER __builtin_offsetof(struct descriptors_message, descriptors)

/* The kernel reads and writes them whole, in the layout of every machine with 64 bits. */
_Static_assert(sizeof(struct io_vector) == 16, "struct iovec");
_Static_assert(sizeof(struct message) == 56, "struct user_msghdr");
_Static_assert(DESCRIPTORS_HEADER == 16, "struct cmsghdr");

#define AF_INET		 2
#define SOCK_DGRAM	 2
#define SOCK_CLOEXEC	 O_CLOEXEC
#define SOL_SOCKET	 1
#define SCM_RIGHTS	 1
#define MSG_CTRUNC	 0x8
#define MSG_TRUNC	 0x20
#define MSG_NOSIGNAL	 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000
