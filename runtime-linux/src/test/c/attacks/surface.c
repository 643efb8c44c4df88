/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surface ENTRY: makes each call that a hardened profile refuses, and prints its name and the errno.
 * The entry is "native", or on x86-64 "i386" or "x32".
 */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define AF_ALG	     38L
#define AF_VSOCK     40L
#define SOCK_STREAM  1L
#define SOCKETCALL   102 /* of i386, and its first argument */
#define CALL_SOCKET  1L
#define UPPER_HALF   (1L << 32)

/* In memory that 32 bits can name. */
static unsigned int alg[3] = {38, 5, 0};
static struct clone_args new_user = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};

struct call {
	const char *name;
	long native;
	long i386;
	long arguments[3];
};

static const struct call calls[] = {
	{"socket(AF_ALG)", SYS_socket, 359, {AF_ALG, 5}},
	{"socket(AF_ALG), upper half", SYS_socket, 0, {UPPER_HALF | AF_ALG, 5}},
	{"socket(AF_VSOCK)", SYS_socket, 359, {AF_VSOCK, SOCK_STREAM}},
	{"socket(AF_X25), upper half", SYS_socket, 0, {UPPER_HALF | 9, 5}},
	{"socketcall(AF_ALG)", 0, SOCKETCALL, {CALL_SOCKET, (long)alg}},
	{"io_uring_setup", 425, 425, {1, 0}},
	{"io_uring_enter", 426, 426, {-1}},
	{"io_uring_register", 427, 427, {-1}},
	{"unshare(CLONE_NEWUSER)", SYS_unshare, 310, {CLONE_NEWUSER}},
	{"unshare(CLONE_NEWUSER | CLONE_NEWNET)", SYS_unshare, 310, {CLONE_NEWUSER | CLONE_NEWNET}},
	{"clone(CLONE_NEWUSER)", SYS_clone, 120, {CLONE_NEWUSER | SIGCHLD}},
	{"clone3", SYS_clone3, 435, {(long)&new_user, sizeof(new_user)}},
	{"setns", SYS_setns, 346, {-1}},
	{"keyctl", SYS_keyctl, 288, {0, -3}},
	{"add_key", SYS_add_key, 286, {0}},
	{"request_key", SYS_request_key, 287, {0}},
	{"bpf", SYS_bpf, 357, {-1}},
	{"userfaultfd", SYS_userfaultfd, 374, {1}},
	{"perf_event_open", SYS_perf_event_open, 336, {0}},
	{"open_by_handle_at", SYS_open_by_handle_at, 342, {-1}},
	{"kexec_file_load", SYS_kexec_file_load, 0, {-1, -1}},
	{"init_module", SYS_init_module, 128, {0}},
	{"finit_module", SYS_finit_module, 350, {-1}},
};

static long enter(const char *entry, const struct call *call)
{
	const long *a = call->arguments;

#ifdef __x86_64__
	if (!strcmp(entry, "i386")) {
		long result;

		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(call->i386), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(0), "D"(0)
				 : "memory", "r8", "r9", "r10", "r11");
		return (int)result;
	}
#endif
	long number = call->native | (strcmp(entry, "x32") ? 0 : 0x40000000);
	long result = syscall(number, a[0], a[1], a[2], 0, 0);

	return result < 0 ? -errno : result;
}

/* Each in a process of its own, which a call may change. */
static void make(const char *entry, const struct call *call)
{
	pid_t child = fork();
	pid_t self;
	long result;

	if (child) {
		waitpid(child, NULL, 0);
		return;
	}
	self = getpid();
	result = enter(entry, call);
	/* A child of clone has nothing to say. */
	if (getpid() == self)
		printf("%s: %ld\n", call->name, result < 0 ? -result : 0);
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	setvbuf(stdout, NULL, _IOFBF, 4096);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (strcmp(argv[1], "i386") ? calls[i].native : calls[i].i386)
			make(argv[1], &calls[i]);
	return 0;
}
