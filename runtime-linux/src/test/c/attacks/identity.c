/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity COMMAND...: runs a command in a user namespace and a mount namespace of its own, where
 * every id is itself, as with PrivateUsers=identity of systemd.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char map[] = "0 0 4294967295\n";

static void write_map(pid_t pid, const char *name)
{
	char path[64];
	int file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = open(path, O_WRONLY);
	if (file < 0 || write(file, map, strlen(map)) < 0)
		err(1, "%s", path);
	close(file);
}

static void run(int mapped, char **command)
{
	char byte;

	if (read(mapped, &byte, 1) != 1)
		_exit(1);
	execvp(command[0], command);
	err(1, "%s", command[0]);
}

int main(int argc, char **argv)
{
	int entered[2], mapped[2], status;
	char byte;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: identity COMMAND...");
	if (pipe2(entered, O_CLOEXEC) || pipe2(mapped, O_CLOEXEC))
		err(1, "pipe2");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || write(entered[1], "", 1) != 1)
			err(1, "unshare");
		close(mapped[1]);
		run(mapped[0], argv + 1);
	}
	close(entered[1]);
	if (read(entered[0], &byte, 1) != 1)
		return 1;
	write_map(pid, "uid_map");
	write_map(pid, "gid_map");
	if (write(mapped[1], "", 1) != 1)
		err(1, "write");
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
