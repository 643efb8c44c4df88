/* SPDX-License-Identifier: Apache-2.0 */
/* What a process of the container still has to do, once it is in: the default configuration's. */
#include "meter.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/stat.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define KEPT \
	(1ul << CAP_AUDIT_WRITE | 1ul << CAP_KILL | 1ul << CAP_NET_BIND_SERVICE)
#define OPEN_FILES 1024

static void set_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[] = {{KEPT & ~0u, KEPT & ~0u, 0}, {0, 0, 0}};

	call("kept", capset, &header, sets);
	call("ambient", prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/* The cgroup's, whatever those of the meter are. */
void reset_affinity(void)
{
	unsigned long all[128];

	memset(all, 0xff, sizeof(all));
	call("all", sched_setaffinity, 0, sizeof(all), all);
}

void make_keyring(const char *name)
{
	long keyring = call(name, keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);

	call(name, keyctl, KEYCTL_SETPERM, keyring, 0x3f1b0000);
}

void join_keyring(const char *name)
{
	call(name, keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);
}

/* Which home it is, is known; what finding it out takes is a part of what a process costs. */
static void find_home(void)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
	struct statx status;
	char text[512];
	long file = syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", &how, sizeof(how));

	if (file < 0)
		return; /* as many a root has none */
	call("passwd", statx, AT_FDCWD, "/etc/passwd", 0, STATX_TYPE, &status);
	call("passwd", read, file, text, sizeof(text));
	call("passwd", close, file);
}

void give_up_privileges(void)
{
	unsigned long open_files[] = {OPEN_FILES, OPEN_FILES};
	char directory[PATH_LENGTH];

	find_home();
	call("RLIMIT_NOFILE", prlimit64, 0, RLIMIT_NOFILE, open_files, 0);
	call("PR_SET_NO_NEW_PRIVS", prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	call("PR_SET_KEEPCAPS", prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
	for (unsigned long capability = 0; capability <= CAP_LAST_CAP; capability++)
		if (!(KEPT >> capability & 1))
			call("PR_CAPBSET_DROP", prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
	call("/", chdir, "/");
	call("none", setgroups, 0, 0);
	call("0", setresgid, 0, 0, 0);
	call("0", setresuid, 0, 0, 0);
	call("022", umask, 022);
	set_capabilities();
	call("PR_SET_PDEATHSIG", prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	call("/", getcwd, directory, sizeof(directory));
}

void find_program(char *const *arguments)
{
	struct statx status;

	call(arguments[0], faccessat2, AT_FDCWD, arguments[0], X_OK, AT_EACCESS);
	call(arguments[0], statx, AT_FDCWD, arguments[0], 0, STATX_TYPE, &status);
}

void execute(char *const *arguments)
{
	char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			       "TERM=xterm", "HOME=/root", 0};

	call("all", close_range, STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	call(arguments[0], execve, arguments[0], arguments, environment);
	__builtin_unreachable();
}
