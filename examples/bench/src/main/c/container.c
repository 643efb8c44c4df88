/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of a container: create, start, wait and delete, with the default configuration. */
#include "meter.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

static char *program[] = {"/bin/true", 0};
static const char *rootfs;
static const char *config;
static size_t config_size;
static struct cgroups cgroups;
static char keyring[PATH_LENGTH];

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
	if (!arguments[1] || !arguments[2] || !arguments[3])
		give_up("container", "takes four arguments");
	rootfs = arguments[0];
	map_config(arguments[1]);
	state_set_up(arguments[2], arguments[3]);
	cgroups_named(&cgroups, arguments[3]);
	snprintf(keyring, sizeof(keyring), "_ses.%s", arguments[3]);
}

static _Noreturn void run_child(long report, int listener, const int *procs)
{
	call("floor", prctl, PR_SET_NAME, "floor", 0, 0, 0);
	cgroups_join(&cgroups, procs);
	reset_affinity();
	enter_root(rootfs, &cgroups);
	make_keyring(keyring);
	give_up_privileges();
	find_program(program);
	call("created", write, report, "created", 7);
	call("report", close, report);
	state_await_start(listener);
	execute(program);
}

/* Returns a pidfd of the container's first process, whose pid is then in `pid`. */
static int launch(int directory, int report, pid_t *pid)
{
	int procs[HIERARCHIES_MAX];
	int pidfd = -1;
	struct clone_args arguments = {
		.flags = NAMESPACES | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int listener = state_listen(directory);
	int created = state_lock_created(directory);

	cgroups_open(&cgroups, procs);
	if (cgroups_unified(&cgroups, procs) >= 0) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = (uint64_t)cgroups_unified(&cgroups, procs);
	}
	*pid = (pid_t)call("container", clone3, &arguments, sizeof(arguments));
	if (*pid == 0) {
		close(directory); /* its lock is the meter's */
		run_child(report, listener, procs);
	}
	cgroups_close(&cgroups, procs);
	close(created);
	close(listener);
	return pidfd;
}

static int create(pid_t *pid)
{
	int directory = state_make();
	int report[2];
	int pidfd;

	state_write(directory, "config.json", config, config_size);
	cgroups_make(&cgroups);
	state_record(directory, 0);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, report), "socketpair", "report");
	pidfd = launch(directory, report[1], pid);
	close(report[1]);
	if (!receive_packet(report[0]))
		give_up("container", "was not created");
	close(report[0]);
	/* Its start time tells it from a later process with the same pid. */
	state_has_process(*pid);
	state_record(directory, *pid);
	close(directory);
	return pidfd;
}

static void start(pid_t pid)
{
	int directory = state_find();

	state_query(directory, pid);
	figures_frozen(&cgroups);
	state_start(directory);
	close(directory);
}

static void delete(pid_t pid)
{
	int directory = state_find();

	state_query(directory, pid);
	figures_used(&cgroups);
	cgroups_remove(&cgroups);
	state_delete(directory);
	close(directory);
}

static void round_trip(void)
{
	pid_t pid;
	int pidfd = create(&pid);

	start(pid);
	await_exit(pidfd, "container");
	figures_killed(&cgroups);
	close(pidfd);
	delete(pid);
}

/* The process, if there is one, ends with the meter, or had ended before. */
static void clean_up(void)
{
	cgroups_remove(&cgroups);
	state_clean_up();
}

const struct subject container = {set_up, round_trip, clean_up};
