/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures one subject, whenever it is asked to:
 *
 *   meter container ROOTFS CONFIG STATE ID   makes, starts, awaits and deletes a container
 *   meter exec PID STATE ID                  runs a program in the container of that process
 *   meter command PROGRAM ARGUMENTS          runs a program, such as another runtime
 *
 * Each byte on standard input is answered on standard output by the nanoseconds that a round took,
 * 8 bytes in the machine's order. So the rounds of several subjects can be interleaved, and none
 * pays for how a JVM starts processes. The end of the input ends the meter; so does a round that
 * fails, with a line on standard error.
 *
 * The first two are floors: what Berth asks of the kernel for the default configuration, with
 * nothing around it. A floor reads no configuration, makes no plan, checks nothing; its process
 * goes on where clone3(2) returned, and does not become a stub first. It makes the calls that a
 * trace of Berth shows, in their order, but for those that only a JVM needs: to reset signals and
 * descriptors in the child, to hand the program over, to wake threads.
 */
#include "meter.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static const struct subject *subject;
static pid_t meter;

static _Noreturn void leave(void)
{
	if (getpid() == meter && subject->clean_up)
		subject->clean_up();
	_exit(1);
}

void fail(const char *name, const char *object)
{
	dprintf(STDERR_FILENO, "%s(%s): %s\n", name, object, strerror(errno));
	leave();
}

void give_up(const char *object, const char *problem)
{
	dprintf(STDERR_FILENO, "%s %s\n", object, problem);
	leave();
}

long must(long result, const char *name, const char *object)
{
	if (result < 0)
		fail(name, object);
	return result;
}

void await_exit(int pidfd, const char *what)
{
	siginfo_t info;

	must(waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED), "waitid", what);
	if (info.si_code != CLD_EXITED || info.si_status != 0)
		give_up(what, "failed");
}

int receive_packet(int socket)
{
	char packet[64];

	return must(recv(socket, packet, sizeof(packet), 0), "recv", "packet") > 0;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static const struct subject *find_subject(const char *name)
{
	if (!strcmp(name, "container"))
		return &container;
	if (!strcmp(name, "exec"))
		return &exec;
	return &command;
}

int main(int argc, char **argv)
{
	char request;

	if (argc < 3)
		return 2;
	subject = find_subject(argv[1]);
	meter = getpid();
	/* Ctrl-C is for the benchmark, which then ends its meters between two rounds. */
	setsid();
	subject->set_up(argv + 2);
	while (read(STDIN_FILENO, &request, 1) == 1) {
		uint64_t start = nanoseconds();
		uint64_t taken;

		subject->round();
		taken = nanoseconds() - start;
		must(write(STDOUT_FILENO, &taken, sizeof(taken)), "write", "answer");
	}
	return 0;
}
