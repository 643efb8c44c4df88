/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state directory of a container, as Berth keeps it: any process may start or delete the
 * container, so that each operation finds the directory, locks it and asks the kernel anew.
 */
#include "meter.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static const char *const files[] = {"state.json", "config.json", "start.sock", "created.lock", 0};

static const char *root;
static const char *id;

void state_set_up(const char *root_path, const char *container)
{
	root = root_path;
	id = container;
}

static int lock(int directory)
{
	struct statx status;

	call(id, flock, directory, LOCK_EX);
	/* It may have been deleted before the lock was had. */
	call(id, statx, directory, "", AT_EMPTY_PATH, STATX_NLINK, &status);
	return directory;
}

int state_make(void)
{
	long parent = call(root, openat, AT_FDCWD, root, DIRECTORY);
	long directory;

	call(id, mkdirat, parent, id, 0700);
	directory = call(id, openat, parent, id, DIRECTORY);
	call(root, close, parent);
	return lock((int)directory);
}

int state_find(void)
{
	long parent = call(root, openat, AT_FDCWD, root, DIRECTORY);
	long directory = call(id, openat, parent, id, DIRECTORY);

	call(root, close, parent);
	return lock((int)directory);
}

void state_write(int directory, const char *name, const char *text, size_t size)
{
	long file = call(name, openat, directory, name,
			 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	call(name, write, file, text, size);
	call(name, close, file);
}

void state_record(int directory, pid_t pid)
{
	char record[1024];
	int size = snprintf(record, sizeof(record),
			    "{\"ociVersion\":\"1.0.2\",\"id\":\"%s\",\"pid\":%d,\"startTime\":1}", id,
			    (int)pid);

	state_write(directory, ".state.json", record, (size_t)size);
	call("state.json", renameat2, directory, ".state.json", directory, "state.json", 0);
}

/* Reads a file to its end; whether there is one. */
static int read_file(long directory, const char *path)
{
	long file = syscall(SYS_openat, directory, path, O_RDONLY | O_CLOEXEC);
	char text[8192];

	if (file < 0)
		return 0;
	while (call(path, read, file, text, sizeof(text)) > 0)
		continue;
	call(path, close, file);
	return 1;
}

int state_has_process(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	return read_file(AT_FDCWD, path);
}

void state_query(int directory, pid_t pid)
{
	read_file(directory, "state.json");
	if (state_has_process(pid)) {
		long file = call("created.lock", openat, directory, "created.lock",
				 O_RDONLY | O_CLOEXEC);

		/* EAGAIN: the process that holds it waits for its start. */
		syscall(SYS_flock, file, LOCK_SH | LOCK_NB);
		call("created.lock", close, file);
	}
}

static struct sockaddr_un start_address(int directory)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/start.sock",
		 directory);
	return address;
}

int state_listen(int directory)
{
	struct sockaddr_un address = start_address(directory);
	long socket = call("start.sock", socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	call("start.sock", bind, socket, &address, sizeof(address));
	call("start.sock", listen, socket, 8);
	return (int)socket;
}

int state_lock_created(int directory)
{
	long file = call("created.lock", openat, directory, "created.lock",
			 O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	call("created.lock", flock, file, LOCK_EX);
	return (int)file;
}

void state_start(int directory)
{
	struct sockaddr_un address = start_address(directory);
	long socket = call("start.sock", socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	long file;

	call("start.sock", connect, socket, &address, sizeof(address));
	call("start.sock", write, socket, "go", 2);
	/* The exec closes the connection; its end is the good news. */
	if (receive_packet((int)socket))
		give_up("container", "was not started");
	call("start.sock", close, socket);
	file = call("created.lock", openat, directory, "created.lock", O_RDONLY | O_CLOEXEC);
	call("created.lock", flock, file, LOCK_SH);
	call("created.lock", close, file);
}

void state_await_start(int listener)
{
	long connection = call("start.sock", accept4, listener, 0, 0, SOCK_CLOEXEC);

	if (!receive_packet((int)connection))
		_exit(1);
}

void state_delete(int directory)
{
	long parent;

	for (const char *const *file = files; *file; file++)
		call(*file, unlinkat, directory, *file, 0);
	parent = call("..", openat, directory, "..", O_RDONLY | O_CLOEXEC);
	call(id, unlinkat, parent, id, AT_REMOVEDIR);
	call("..", close, parent);
}

void state_clean_up(void)
{
	char path[PATH_LENGTH];

	for (const char *const *file = files; *file; file++) {
		snprintf(path, sizeof(path), "%s/%s/%s", root, id, *file);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/%s", root, id);
	rmdir(path);
}
