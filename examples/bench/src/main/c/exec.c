/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of a further process in a container. As in Berth it takes two: one that joins, and its
 * child, which alone is in the PID namespace; the child is the meter's own child (CLONE_PARENT).
 * Which namespaces differ from the meter's is not asked but known.
 */
#include "meter.h"

#include <linux/prctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

static char *program[] = {"/bin/true", 0};
static struct cgroups cgroups;
static char keyring[PATH_LENGTH];
static pid_t init;
static int init_pidfd;

static void set_up(char **arguments)
{
	if (!arguments[1] || !arguments[2])
		give_up("exec", "takes three arguments");
	init = atoi(arguments[0]);
	init_pidfd = (int)call(arguments[0], pidfd_open, init, 0);
	state_set_up(arguments[1], arguments[2]);
	cgroups_of(&cgroups, arguments[0]);
	snprintf(keyring, sizeof(keyring), "_ses.%s", arguments[2]);
}

/* The pidfd goes to the meter by SCM_RIGHTS. */
static void send_pidfd(int socket, int pidfd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct iovec vector = {"forked", 6};
	struct msghdr message = {.msg_iov = &vector,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};

	memcpy(CMSG_DATA(&control.header), &pidfd, sizeof(pidfd));
	must(sendmsg(socket, &message, 0), "sendmsg", "pidfd");
}

static int receive_pidfd(int socket)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char text[16];
	struct iovec vector = {text, sizeof(text)};
	struct msghdr message = {.msg_iov = &vector,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	int pidfd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0 || message.msg_controllen == 0)
		give_up("joiner", "did not fork");
	memcpy(&pidfd, CMSG_DATA(&control.header), sizeof(pidfd));
	return pidfd;
}

static _Noreturn void run_child(void)
{
	call("session", setsid);
	join_keyring(keyring);
	give_up_privileges();
	find_program(program);
	execute(program);
}

static _Noreturn void join_and_fork(int report, const int *procs)
{
	int pidfd = -1;
	struct clone_args arguments = {
		.flags = CLONE_PARENT | CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
	};

	call("PR_SET_DUMPABLE", prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	cgroups_join(&cgroups, procs);
	reset_affinity();
	call("container", setns, init_pidfd, NAMESPACES);
	if (call("child", clone3, &arguments, sizeof(arguments)) == 0)
		run_child();
	send_pidfd(report, pidfd);
	_exit(0);
}

static void round_trip(void)
{
	int procs[HIERARCHIES_MAX];
	int report[2];
	int first = -1;
	int directory = state_find();
	int pidfd;

	state_query(directory, init);
	figures_frozen(&cgroups);
	figures_killed(&cgroups);
	cgroups_open(&cgroups, procs);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, report), "socketpair", "report");
	struct clone_args arguments = {
		.flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
		.pidfd = (uintptr_t)&first,
		.exit_signal = SIGCHLD,
	};
	if (cgroups_unified(&cgroups, procs) >= 0) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = (uint64_t)cgroups_unified(&cgroups, procs);
	}
	if (call("joiner", clone3, &arguments, sizeof(arguments)) == 0)
		join_and_fork(report[1], procs);
	close(report[1]);
	cgroups_close(&cgroups, procs);
	pidfd = receive_pidfd(report[0]);
	await_exit(first, "joiner");
	close(first);
	if (receive_packet(report[0]))
		give_up("program", "was not executed");
	close(report[0]);
	close(directory);
	await_exit(pidfd, "program");
	figures_killed(&cgroups);
	close(pidfd);
}

const struct subject exec = {set_up, round_trip, 0};
