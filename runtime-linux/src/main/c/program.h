/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program that Java hands to the stub, and the messages between the two.
 *
 * Shared knowledge with dev.berth.linux.stub: a test compares the list of operations below with the
 * encoder's. All numbers are in the machine's byte order, since both sides are on one machine.
 *
 *	program		struct program_header, then `steps` steps one after the other
 *	step		struct step_header, then the fields that its operation's signature names
 *	field  u	one u64
 *	field  d	one u64: a slot of the table of descriptors, less than the header's `slots`
 *	field  s	u64 length, the bytes, a NUL that the length does not count, zeros up to a
 *			multiple of 8; no NUL within
 *	field  l	u64 count, then as many s fields
 *	field  n	u64 count, then as many u64
 *	field  D	u64 count, then as many d fields
 *
 * In a signature, slots come before strings and lists. Everything is a multiple of 8 long, so that every number is aligned. The stub checks the whole
 * program against the signatures before it runs the first step.
 */
#pragma once

#include "types.h"

#define PROGRAM_MAGIC 0x31706874726562ul /* "berthp1" */
#define PROGRAM_MAX   (64ul << 20)

struct program_header {
	u64 magic;
	u64 size; /* of the whole program */
	u64 steps;
	u64 slots; /* of the table of descriptors; no more than the program has bytes */
};

struct step_header {
	u64 operation;
	u64 size; /* of the fields that follow */
};

/* name, signature */
/* clang-format off */
#define OPERATIONS(X)				\
	X(RESET_SIGNALS, "")			\
	X(SET_UMASK, "u")			\
	X(SET_NAME, "s")			\
	X(SET_NON_DUMPABLE, "")			\
	X(DIE_WITH_PARENT, "")			\
	X(SET_AFFINITY, "n")			\
	X(RESET_AFFINITY, "")			\
	X(MAKE_KEYRING, "s")			\
	X(JOIN_KEYRING, "s")			\
	X(JOIN_CGROUP, "d")			\
	X(OPEN_PROCFS, "l")			\
	X(CLOSE_PROCFS, "")			\
	X(SET_OOM_SCORE_ADJ, "s")		\
	X(SET_KEY_LABEL, "s")			\
	X(SET_SELINUX_LABEL, "s")		\
	X(SET_APPARMOR_PROFILE, "s")		\
	X(JOIN_NAMESPACES, "du")		\
	X(FORK, "uD")				\
	X(UNSHARE, "u")				\
	X(NEW_TIME_NAMESPACE, "s")		\
	X(SYNC, "uDD")				\
	X(NEW_SESSION, "")			\
	X(LOOPBACK_UP, "")			\
	X(REQUIRE_FREE_NAME, "s")		\
	X(SEND_NETLINK, "d")			\
	X(SET_ROOT_PROPAGATION, "uu")		\
	X(MOUNT_ROOT, "s")			\
	X(OPEN_TREE, "dsu")			\
	X(OPEN_TREE_INSTEAD, "dsu")		\
	X(NEW_MOUNT, "dsslu")			\
	X(TRY_MOUNT, "dsslu")			\
	X(LEGACY_MOUNT, "dssus")		\
	X(FIND_MOUNT, "ds")			\
	X(RECONFIGURE, "dl")			\
	X(SET_MOUNT_ATTRIBUTES, "duuuu")	\
	X(COPY_MODE, "ds")			\
	X(COPY_OWNER, "ds")			\
	X(COPY_UP, "ds")			\
	X(ATTACH, "dsuu")			\
	X(COVER_ROOT, "d")			\
	X(REQUIRE_DEVICE, "duuu")		\
	X(MAKE_DIRECTORY, "su")			\
	X(MAKE_DEVICE, "suuuuuu")		\
	X(MAKE_SYMLINK, "ss")			\
	X(TAKE_ROOT, "s")			\
	X(DROP_HOST_MOUNT, "s")			\
	X(MOVE_ROOT, "")			\
	X(CHANGE_ROOT, "")			\
	X(CHANGE_ROOT_TO, "d")			\
	X(PIVOT_ROOT, "")			\
	X(OPEN_ROOT, "")			\
	X(NEW_TERMINAL, "dd")			\
	X(SET_TERMINAL_SIZE, "duu")		\
	X(OPEN_MOUNT, "dd")			\
	X(TAKE_TERMINAL, "du")			\
	X(OWN_STREAMS, "u")			\
	X(MAKE_ROOT_READONLY, "")		\
	X(MASK_PATH, "s")			\
	X(MAKE_PATH_READONLY, "s")		\
	X(SET_HOSTNAME, "s")			\
	X(SET_DOMAINNAME, "s")			\
	X(SET_SYSCTL, "ss")			\
	X(SET_RLIMIT, "uuu")			\
	X(SET_NO_NEW_PRIVILEGES, "")		\
	X(LOAD_SECCOMP, "un")			\
	X(LOAD_SECCOMP_LISTENER, "un")		\
	X(SET_SCHEDULER, "uuuuuuu")		\
	X(SET_IO_PRIORITY, "uu")		\
	X(SET_PERSONALITY, "u")			\
	X(SET_MEMORY_POLICY, "un")		\
	X(KEEP_CAPABILITIES, "")		\
	X(SET_BOUNDING_SET, "u")		\
	X(SET_GROUPS, "n")			\
	X(TRY_DROP_GROUPS, "")			\
	X(SET_GROUP_ID, "u")			\
	X(SET_USER_ID, "u")			\
	X(SET_CAPABILITIES, "uuuu")		\
	X(FIND_HOME, "u")			\
	X(TRY_DIRECTORY, "s")			\
	X(REQUIRE_DIRECTORY, "s")		\
	X(FIND_PROGRAM, "l")			\
	X(AWAIT_START, "d")			\
	X(RUN_HOOK, "uslluuss")			\
	X(END, "")				\
	X(EXEC, "ll")
/* clang-format on */

/*
 * Fields, where the name does not say it:
 *
 *	SET_AFFINITY		bit n of word m is processor 64 m + n
 *	OPEN_PROCFS		options of its mount, "name" or "name=value"
 *	SET_OOM_SCORE_ADJ	the decimal number
 *	SET_APPARMOR_PROFILE	"exec " and the name
 *	JOIN_NAMESPACES		slot of a pidfd or of a namespace, CLONE_NEW* flags
 *	FORK			CLONE_NEW* flags, the slot of the directory of a cgroup or none
 *	UNSHARE			CLONE_NEW* flags
 *	NEW_TIME_NAMESPACE	what timens_offsets takes, empty for nothing
 *	SYNC			point, slots whose descriptors go with the report, slots that those
 *				of the answer fill
 *	REQUIRE_FREE_NAME	of a network device
 *	SEND_NETLINK		slot of a file of messages, each of which asks for an answer
 *	SET_ROOT_PROPAGATION	MS_SHARED, MS_PRIVATE …, AT_RECURSIVE or 0
 *	OPEN_TREE		slot, path, AT_RECURSIVE or 0
 *	NEW_MOUNT		slot, type, source (empty: none), options "name" or "name=value"
 *				(fsconfig(2) takes 255 bytes of each at the most), MOUNT_ATTR_*
 *	SET_MOUNT_ATTRIBUTES	slot, attributes to set, to clear, propagation (0: as it is),
 *				AT_RECURSIVE or 0
 *	LEGACY_MOUNT		slot, type, source (empty: none), MS_* flags, data, all of mount(2)
 *	ATTACH			slot, path, further RESOLVE_* flags, enum procfs
 *	REQUIRE_DEVICE		slot, S_IFCHR, S_IFBLK or S_IFIFO, major, minor
 *	MAKE_DEVICE		path, S_IFCHR, S_IFBLK or S_IFIFO, major, minor, mode, uid, gid
 *	SET_SYSCTL		path below /proc/sys, value
 *	NEW_TERMINAL		slot for the master, slot for its peer
 *	SET_TERMINAL_SIZE	slot, columns, rows
 *	OPEN_MOUNT		slot, slot of the descriptor whose file becomes a mount
 *	TAKE_TERMINAL		slot, uid
 *	OWN_STREAMS		uid
 *	SET_RLIMIT		number of the resource, soft, hard
 *	LOAD_SECCOMP		SECCOMP_FILTER_FLAG_*, instructions: a struct sock_filter each
 *	SET_SCHEDULER		SCHED_*, SCHED_FLAG_*, nice, priority, runtime, deadline, period
 *	SET_IO_PRIORITY		IOPRIO_CLASS_*, priority in it
 *	SET_PERSONALITY		PER_*
 *	SET_MEMORY_POLICY	MPOL_* and MPOL_F_*; bit n of word m is node 64 m + n
 *	FIND_HOME		uid
 *	RUN_HOOK		index among the hooks of its kind, program, arguments, environment,
 *				timeout in seconds (0: none), soft limit of open files (0: as it
 *				is), the state that it reads: up to the stub's own pid, and after
 *				it (empty: the pid is not in it)
 *	END			the process ends: it was there for its steps alone
 */

/* clang-format off */
enum operation {
#define X(name, signature) OP_##name,
	OPERATIONS(X)
#undef X
	OPERATIONS_END
};
/* clang-format on */

/* Of ATTACH: may the path lead to a proc file system, and must what is mounted be one? */
enum procfs {
	PROCFS_REFUSED,
	PROCFS_ALLOWED,
	PROCFS_REQUIRED,
};

/*
 * Over the socket (AF_UNIX, SOCK_SEQPACKET: a message is read whole or not at all).
 *
 * Runtime to stub, first: struct launch, with SCM_RIGHTS: the program (a memfd, sealed with
 * F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE at least), the container's standard input, output and
 * error, what else its program inherits as 3, 4, …, then the descriptors for slots 0, 1, …. One
 * message holds 253 descriptors; as long as some are missing, the same struct launch follows with
 * the next ones. The stub keeps nothing else that was open.
 */
#define LAUNCH_MAGIC 0x316c68747265ul /* "erthl1" */

struct launch {
	u64 magic;
	u64 descriptors; /* how many there are in all, the program included */
	u64 inherited;	 /* of these: what the container's program has open, three at least */
};

/* Stub to runtime. REPORT_FORKED comes before any report of the child's. */
enum report_kind {
	REPORT_FAILED = 1,  /* and the stub is gone; value: 1 and the index of the hook that
			       failed, 0 if it was none */
	REPORT_SYNC = 2,    /* value: the point; the runtime answers with struct answer; SCM_RIGHTS
			       both ways, as the step says */
	REPORT_FORKED = 3,  /* value: the child's pid for the stub; its pidfd by SCM_RIGHTS */
	REPORT_CREATED = 4, /* and the stub waits for a start, once this was answered */
	REPORT_LISTENER = 5, /* value: the descriptor that the runtime takes; it answers as to a
				REPORT_SYNC */
};

#define DETAIL_MAX 512

/*
 * A message is as long as its detail: 40 bytes and `length` more. The detail is empty where the
 * step is one system call, otherwise `call(object)` of the one that failed, with what the kernel or
 * the stub has to say about it after ": ", or a sentence instead.
 */

struct report {
	u64 kind;
	u64 step;  /* index; ~0 before the first */
	u64 error; /* errno; 0 where no call has failed, and the detail says it all */
	u64 value;
	u64 length; /* of detail: untrusted text, cut short at DETAIL_MAX bytes */
	char detail[DETAIL_MAX];
};

/*
 * Runtime to stub: the answer to REPORT_SYNC and to REPORT_CREATED, and the request on a connection
 * to the start socket. After the request, end of file says that the program runs, since the socket
 * is close-on-exec, and a REPORT_FAILED that it does not. ECONNRESET says that another start came first: the stub accepts
 * until one has sent its request, and what waits in the queue then is reset.
 */
#define ANSWER_GO 0x6f67ul /* "go" */

struct answer {
	u64 word;
};

/* Where the fields of a step are read from, one after the other, in the order of its signature. */
struct fields {
	const u64 *at;
};

/*
 * Whether all of `size` bytes, 8-aligned and at least a header long, are a program: null if so,
 * otherwise what is wrong with it. Nothing below may be called on a program that did not pass.
 */
const char *program_check(const void *program, u64 size);

u64 next_number(struct fields *fields);
const char *next_string(struct fields *fields);

/* How many slots there are, and of each the index of the last step that names it, ~0 for none. */
u64 program_slots(const void *program);
void program_last_uses(const void *program, u64 *last_uses);

/* The slots that a step names, one after the other. */
struct step_slots {
	const char *kind; /* in the step's signature */
	struct fields fields;
	u64 left; /* of a list */
};

struct step_slots step_slots(const struct step_header *step);
int next_slot(struct step_slots *slots, u64 *slot); /* 0 where there are no more */

/* The first step, and the one after `step`. */
const struct step_header *program_start(const void *program);
const struct step_header *next_step(const struct step_header *step);
