/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of the stub: working directory, program, the wait for a start, and the exec.
 */
#include <linux/close_range.h>

#include "path.h"

long try_directory(struct stub *stub, struct fields *fields)
{
	stub->in_directory = sys(chdir, next_string(fields)) == 0;
	return 0;
}

/*
 * A path such as /proc/self/fd/7 may lead out of the container although it names something within
 * (CVE-2024-21626). The raw getcwd(2), other than a libc's, succeeds then, and says "(unreachable)"
 * where the path should begin.
 */
long require_directory(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	char directory[PATH_MAX];
	long result = stub->in_directory ? 0 : sys(chdir, path);

	if (result < 0)
		return called(&stub->reports, "chdir", path, result);
	result = called(&stub->reports, "getcwd", 0, sys(getcwd, directory, sizeof(directory)));
	if (result < 0 || directory[0] == '/')
		return result;
	stub->reports.report.length = 0;
	explain(&stub->reports, "outside of container mount namespace root");
	return -ENOENT;
}

/* Returns 0 or why not; a directory, and anything else that is no file, is not executable. */
static long check_executable(const char *path)
{
	struct statx status;
	long result = sys(faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS);

	if (result < 0)
		return result;
	result = sys(statx, AT_FDCWD, path, 0, STATX_TYPE, &status);
	if (result < 0)
		return result;
	return S_ISREG(status.stx_mode) ? 0 : -EACCES;
}

/* As a shell searches $PATH: one that is there and may not be executed is the better error. */
long find_program(struct stub *stub, struct fields *fields)
{
	u64 count = next_number(fields);
	long error = -ENOENT;

	while (count--) {
		const char *candidate = next_string(fields);
		long result = check_executable(candidate);

		if (!result) {
			stub->executable = candidate;
			return 0;
		}
		if (result != -ENOENT && result != -ENOTDIR)
			error = result;
	}
	return error;
}

/*
 * The runtime answers once it has written down that there is this process: one that nobody knows of
 * would wait for ever. From there on the connection of the start is where reports go. A connection
 * that ends without the word was a start that was killed half-way: it neither starts the container
 * nor ends it.
 */
long await_start(struct stub *stub, struct fields *fields)
{
	int listener = slot_get(stub, next_number(fields));
	long connection;

	report(&stub->reports, REPORT_CREATED, 0);
	if (!told_to_go(stub->reports.socket))
		leave(1);
	sys(close, stub->reports.socket);
	for (;;) {
		connection = sys(accept4, listener, 0, 0, SOCK_CLOEXEC);
		if (connection == -ECONNABORTED)
			continue;
		if (connection < 0)
			leave(1); /* nobody to tell */
		if (told_to_go((int)connection))
			break;
		sys(close, connection);
	}
	stub->reports.socket = (int)connection;
	return 0;
}

/* `last`, where it is not null, comes after those of the program. */
const char **next_vector(struct fields *fields, const char *last)
{
	u64 count = next_number(fields);
	const char **vector = allocate((count + 2) * sizeof(*vector));

	for (u64 i = 0; vector && i < count; i++)
		vector[i] = next_string(fields);
	if (vector)
		vector[count] = last;
	return vector;
}

/* Everything here was opened close-on-exec; a mistake about that must not become a way out. */
long close_at_exec(struct stub *stub)
{
	return called(&stub->reports, "close_range", 0,
		      sys(close_range, stub->inherited, ~0u, CLOSE_RANGE_CLOEXEC));
}

long execute(struct stub *stub, struct fields *fields)
{
	const char **arguments = next_vector(fields, 0);
	const char **environment = arguments ? next_vector(fields, stub->home) : 0;
	long result;

	if (!stub->executable)
		return -EINVAL; /* a program without FIND_PROGRAM */
	if (!environment)
		return called(&stub->reports, "mmap", 0, -ENOMEM);
	/* A filter may refuse it. What was opened since then is the connection of the start. */
	result = stub->filtered ? 0 : close_at_exec(stub);
	if (result < 0)
		return result;
	return called(&stub->reports, "execve", stub->executable,
		      sys(execve, stub->executable, arguments, environment));
}
