/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "driver.h"

#include <err.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn.h"

#define STACK_SIZE 65536

static long (*spawn)(struct spawn *request);
static int stub = -1;

static const char *const signatures[] = {
#define X(name, signature) signature,
	OPERATIONS(X)
#undef X
};

static void put(struct plan *plan, const void *bytes, u64 size)
{
	plan->bytes = realloc(plan->bytes, plan->size + size);
	memcpy(plan->bytes + plan->size, bytes, size);
	plan->size += size;
}

static void put_number(struct plan *plan, u64 number)
{
	put(plan, &number, sizeof(number));
}

static void put_string(struct plan *plan, const char *string)
{
	u64 length = strlen(string);

	put_number(plan, length);
	put(plan, string, length);
	put(plan, "\0\0\0\0\0\0\0", 8 - length % 8);
}

static void put_list(struct plan *plan, const char *const *list)
{
	u64 count = 0;

	while (list[count])
		count++;
	put_number(plan, count);
	while (*list)
		put_string(plan, *list++);
}

struct plan plan_begin(void)
{
	struct plan plan = {0};

	put_number(&plan, PROGRAM_MAGIC);
	put_number(&plan, 0);
	put_number(&plan, 0);
	put_number(&plan, PLAN_SLOTS);
	return plan;
}

void plan_add(struct plan *plan, enum operation operation, ...)
{
	u64 start = plan->size;
	va_list fields;

	put_number(plan, operation);
	put_number(plan, 0);
	va_start(fields, operation);
	for (const char *kind = signatures[operation]; *kind; kind++) {
		if (*kind == 's')
			put_string(plan, va_arg(fields, const char *));
		else if (*kind == 'l')
			put_list(plan, va_arg(fields, const char *const *));
		else
			put_number(plan, va_arg(fields, u64)); /* n, D: an empty list */
	}
	va_end(fields);
	((struct step_header *)(plan->bytes + start))->size =
		plan->size - start - sizeof(struct step_header);
	((struct program_header *)plan->bytes)->steps++;
}

void plan_end(struct plan *plan)
{
	((struct program_header *)plan->bytes)->size = plan->size;
}

int driver_memfd(const void *bytes, u64 size, int sealed)
{
	int memfd = memfd_create("program", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (memfd < 0 || write(memfd, bytes, size) != (ssize_t)size)
		err(2, "memfd");
	if (sealed &&
	    fcntl(memfd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		err(2, "seals");
	return memfd;
}

static int open_in(const char *directory, const char *name)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		err(2, "%s", path);
	return file;
}

void driver_load(const char *directory)
{
	int blob = open_in(directory, "spawn");
	int file = open_in(directory, "stub");
	static u8 bytes[40960];
	ssize_t size = read(file, bytes, sizeof(bytes));

	stub = driver_memfd(bytes, (u64)size, SEALED);
	spawn = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, blob, 0);
	if (spawn == MAP_FAILED)
		err(2, "mmap of spawn");
	close(blob);
	close(file);
}

struct run driver_spawn(u64 namespaces)
{
	int sockets[2], output[2];
	char number[16];
	char *argv[] = {"berth", number, 0};
	char *envp[] = {0};
	void *stack =
		mmap(0, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct clone_args arguments = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND | namespaces,
		.exit_signal = SIGCHLD,
		.stack = (u64)stack,
		.stack_size = STACK_SIZE,
	};
	struct spawn request = {
		.clone_args = (u64)&arguments,
		.clone_args_size = sizeof(arguments),
		.raise_ambient = !!(namespaces & CLONE_NEWUSER),
		.stub = (u64)stub,
		.argv = (u64)argv,
		.envp = (u64)envp,
	};
	struct run run;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) ||
	    pipe2(output, O_CLOEXEC))
		err(2, "socketpair");
	request.socket = (u64)sockets[1];
	snprintf(number, sizeof(number), "%d", sockets[1]);
	run = (struct run){.socket = sockets[0], .output = output[0]};
	run.pid = (pid_t)spawn(&request);
	if (run.pid < 0 || request.error)
		errx(2, "spawn: call %lu, errno %lu", request.call, request.error);
	munmap(stack, STACK_SIZE);
	close(sockets[1]);
	/* Kept for driver_launch at a number that a test cannot meet by chance. */
	if (dup3(output[1], 500, O_CLOEXEC) < 0)
		err(2, "dup3");
	close(output[1]);
	return run;
}

void driver_launch(const struct run *run, int program, const int *slots)
{
	driver_launch_with(run, program, 0, slots);
}

void driver_launch_with(const struct run *run, int program, int further, const int *slots)
{
	struct launch launch = {LAUNCH_MAGIC, 4, (u64)(3 + further)};
	struct iovec vector = {&launch, sizeof(launch)};
	union {
		char space[CMSG_SPACE(64 * sizeof(int))];
		struct cmsghdr header;
	} control = {0};
	struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int *descriptors = (int *)CMSG_DATA(&control.header);

	memcpy(descriptors, (int[]){program, null, 500, 500}, 4 * sizeof(int));
	while (slots && slots[launch.descriptors - 4] >= 0) {
		descriptors[launch.descriptors] = slots[launch.descriptors - 4];
		launch.descriptors++;
	}
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(launch.descriptors * sizeof(int));
	message.msg_controllen = CMSG_SPACE(launch.descriptors * sizeof(int));
	if (sendmsg(run->socket, &message, MSG_NOSIGNAL) < 0)
		err(2, "sendmsg");
	close(null);
	close(500);
}

struct run driver_start(struct plan *plan, u64 namespaces, const int *slots)
{
	struct run run = driver_spawn(namespaces);
	int program = driver_memfd(plan->bytes, plan->size, SEALED);

	driver_launch(&run, program, slots);
	close(program);
	free(plan->bytes);
	plan->bytes = 0;
	return run;
}

struct report driver_report(int socket, int *descriptor)
{
	struct report report = {0};
	struct iovec vector = {&report, sizeof(report)};
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control;
	struct msghdr message = {.msg_iov = &vector,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	ssize_t size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);

	if (size < 0)
		err(2, "recvmsg");
	if (size > 0 && (u64)size != sizeof(report) - DETAIL_MAX + report.length)
		errx(2, "report of %zd bytes with a detail of %lu", size, report.length);
	if (descriptor)
		*descriptor = message.msg_controllen ? *(int *)CMSG_DATA(&control.header) : -1;
	return report;
}

void driver_answer(int socket)
{
	struct answer answer = {ANSWER_GO};

	if (send(socket, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
		err(2, "send");
}

int driver_finish(struct run *run, char *output, size_t size)
{
	size_t length = 0;
	ssize_t got;
	int status;

	close(500);
	while (output && length + 1 < size &&
	       (got = read(run->output, output + length, size - 1 - length)) > 0)
		length += (size_t)got;
	if (output)
		output[length] = 0;
	if (waitpid(run->pid, &status, 0) != run->pid)
		err(2, "waitpid");
	close(run->output);
	close(run->socket);
	return status;
}
