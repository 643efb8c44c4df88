/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of a container: create, start, wait and delete, with the default configuration.
 *
 * State and start are as Berth has them too, since another process could start or delete the
 * container in between: a locked directory with the configuration and a record, and a socket on
 * which the container waits for its start.
 */
#include "meter.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

static char *program[] = {"/bin/true", 0};
static const char *rootfs;
static const char *config;
static size_t config_size;
static const char *state;
static struct cgroups cgroups;

static void map_config(const char *path)
{
	struct stat status;
	int file = (int)must(open(path, O_RDONLY | O_CLOEXEC), "open", path);

	must(fstat(file, &status), "fstat", path);
	config_size = (size_t)status.st_size;
	config = mmap(0, config_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
	if (config == MAP_FAILED)
		fail("mmap", path);
	close(file);
}

static void set_up(char **arguments)
{
	if (!arguments[1] || !arguments[2])
		give_up("container", "takes three arguments");
	rootfs = arguments[0];
	map_config(arguments[1]);
	state = arguments[2];
	cgroups_below(&cgroups, strrchr(state, '/') + 1);
}

static const char *in_state(const char *name)
{
	static char path[PATH_LENGTH];

	snprintf(path, sizeof(path), "%s/%s", state, name);
	return path;
}

/* Written beside and renamed, so that nobody reads half of it. */
static void write_state(const char *name, const char *text, size_t size)
{
	char temporary[PATH_LENGTH];
	const char *path;
	long file;

	snprintf(temporary, sizeof(temporary), "%s/%s.new", state, name);
	path = in_state(name);
	file = call(temporary, openat, AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);
	call(temporary, write, file, text, size);
	call(temporary, close, file);
	call(path, renameat2, AT_FDCWD, temporary, AT_FDCWD, path, 0);
}

static void write_record(pid_t pid)
{
	char record[1024];
	int size = snprintf(record, sizeof(record),
			    "{\"ociVersion\":\"1.3.0\",\"id\":\"floor\",\"pid\":%d,"
			    "\"startTime\":1,\"rootfs\":\"%s\"}",
			    (int)pid, rootfs);

	write_state("state.json", record, (size_t)size);
}

static long make_state(void)
{
	long lock;

	call(state, mkdirat, AT_FDCWD, state, 0700);
	lock = call(state, openat, AT_FDCWD, in_state("lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	call(state, flock, lock, LOCK_EX);
	write_state("config.json", config, config_size);
	return lock;
}

static void remove_state(void)
{
	unlink(in_state("start"));
	unlink(in_state("state.json"));
	unlink(in_state("config.json"));
	unlink(in_state("lock"));
	rmdir(state);
}

static struct sockaddr_un start_address(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/start", state);
	return address;
}

static long listen_for_start(void)
{
	struct sockaddr_un address = start_address();
	long socket = call("start", socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	call(address.sun_path, bind, socket, &address, sizeof(address));
	call(address.sun_path, listen, socket, 1);
	return socket;
}

static void await_start(long listener)
{
	long connection = call("start", accept4, listener, 0, 0, SOCK_CLOEXEC);

	if (!receive_packet((int)connection))
		_exit(1);
	/* The connection stays open: its end, by the exec, is what tells that there was one. */
}

static _Noreturn void run_child(long report, long listener, const int *procs)
{
	call("floor", prctl, 15 /* PR_SET_NAME */, "floor", 0, 0, 0);
	cgroups_join(&cgroups, procs);
	enter_root(rootfs, &cgroups);
	give_up_privileges();
	find_program(program);
	call("created", write, report, "created", 7);
	call("report", close, report);
	await_start(listener);
	execute(program);
}

/* Returns a pidfd of the container's first process, which awaits its start. */
static int create(void)
{
	int procs[HIERARCHIES_MAX];
	int report[2];
	int pidfd = -1;
	long lock, listener, pid;

	lock = make_state();
	listener = listen_for_start();
	cgroups_make(&cgroups);
	cgroups_open(&cgroups, procs);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, report), "socketpair", "report");
	struct clone_args arguments = {
		.flags = NAMESPACES | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	if (cgroups_unified(&cgroups, procs) >= 0) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = (uint64_t)cgroups_unified(&cgroups, procs);
	}
	pid = call("container", clone3, &arguments, sizeof(arguments));
	if (pid == 0) {
		close((int)lock); /* would keep it locked */
		run_child(report[1], listener, procs);
	}
	close(report[1]);
	close((int)listener);
	cgroups_close(&cgroups, procs);
	write_record((pid_t)pid);
	if (!receive_packet(report[0]))
		give_up("container", "was not created");
	close(report[0]);
	close((int)lock);
	return pidfd;
}

static void start(void)
{
	struct sockaddr_un address = start_address();
	long lock = call(state, openat, AT_FDCWD, in_state("lock"), O_RDWR | O_CLOEXEC);
	long socket;

	call(state, flock, lock, LOCK_EX);
	socket = call("start", socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	call("start", connect, socket, &address, sizeof(address));
	call("start", write, socket, "go", 2);
	if (receive_packet((int)socket))
		give_up("container", "was not started");
	close((int)socket);
	close((int)lock);
}

static void delete(void)
{
	long lock = call(state, openat, AT_FDCWD, in_state("lock"), O_RDWR | O_CLOEXEC);

	call(state, flock, lock, LOCK_EX);
	cgroups_remove(&cgroups);
	remove_state();
	close((int)lock);
}

static void round_trip(void)
{
	int pidfd = create();

	start();
	await_exit(pidfd, "container");
	close(pidfd);
	delete();
}

/* The process, if there is one, ends with the meter: it asked for that, or reads from it. */
static void clean_up(void)
{
	cgroups_remove(&cgroups);
	remove_state();
}

const struct subject container = {set_up, round_trip, clean_up};
