/* SPDX-License-Identifier: Apache-2.0 */
/* A program, from its start to its end. */
#include <fcntl.h>
#include <spawn.h>
#include <errno.h>
#include <sys/wait.h>

#include "meter.h"

extern char **environ;

static char **arguments;
static posix_spawn_file_actions_t streams;

static void set_up(char **given)
{
	arguments = given;
	posix_spawn_file_actions_init(&streams);
	posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
}

static void run(void)
{
	int status;
	pid_t child;

	errno = posix_spawnp(&child, arguments[0], &streams, 0, arguments, environ);
	if (errno)
		fail("posix_spawnp", arguments[0]);
	must(waitpid(child, &status, 0), "waitpid", arguments[0]);
	if (status)
		give_up(arguments[0], "failed");
}

const struct subject command = {set_up, run, 0};
