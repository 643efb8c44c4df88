/* SPDX-License-Identifier: Apache-2.0 */
#include "container.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOME	"/tmp"
#define BUSYBOX "/bin/busybox"

static const char *test;
static int test_failed, passed, failed;

void check(int holds, int line, const char *format, ...)
{
	va_list arguments;

	if (holds)
		return;
	test_failed = 1;
	printf("%s: line %d: ", test, line);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

void run_tests(const struct test *tests)
{
	for (; tests->name; tests++) {
		test = tests->name;
		test_failed = 0;
		fflush(stdout);
		tests->run();
		passed += !test_failed;
		failed += test_failed;
	}
}

void passed_and_failed(int *out_passed, int *out_failed)
{
	*out_passed = passed;
	*out_failed = failed;
}

/* Good for as many paths as one call takes. */
static const char *below(const char *directory, const char *path)
{
	static char buffers[4][256];
	static unsigned next;
	char *buffer = buffers[next++ % 4];

	snprintf(buffer, sizeof(buffers[0]), HOME "/%s%s", directory, path);
	return buffer;
}

const char *in_root(const char *path)
{
	return below("root", path);
}

const char *in_canary(const char *path)
{
	return below("canary", path);
}

void in_fresh_root(const char *directory)
{
	if (mkdir(in_root(directory), 0755))
		err(2, "%s", directory);
}

static void copy_busybox(void)
{
	int from = open(BUSYBOX, O_RDONLY | O_CLOEXEC);
	int to = open(in_root(BUSYBOX), O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	struct stat status;

	if (from < 0 || to < 0 || fstat(from, &status) ||
	    sendfile(to, from, 0, (size_t)status.st_size) != status.st_size)
		err(2, "%s", BUSYBOX);
	close(from);
	close(to);
}

/* In a tmpfs, which ends with the namespace whatever happens to the test. */
void make_home(void)
{
	static const char *const applets[] = {"sh",   "cat",	  "echo",     "grep", "awk",
					      "ls",   "hostname", "ifconfig", "id",   "readlink",
					      "sort", "stat",	  "touch",    "wc"};

	if (unshare(CLONE_NEWNS) || mount(0, "/", 0, MS_PRIVATE | MS_REC, 0))
		err(2, "unshare");
	if (mount("tmpfs", HOME, "tmpfs", 0, 0) || mkdir(in_canary(""), 0755) ||
	    mkdir(in_root(""), 0755))
		err(2, HOME);
	in_fresh_root("/bin");
	copy_busybox();
	for (size_t i = 0; i < sizeof(applets) / sizeof(applets[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/bin/%s", applets[i]);
		if (symlink("busybox", in_root(path)))
			err(2, "%s", path);
	}
}

struct plan bare_container(void)
{
	struct plan plan = plan_begin();

	plan_add(&plan, OP_SET_ROOT_PROPAGATION, U(MS_SLAVE), U(RECURSIVE));
	plan_add(&plan, OP_MOUNT_ROOT, in_root(""));
	return plan;
}

void end_with_script(struct plan *plan, const char *script)
{
	plan_add(plan, OP_FIND_PROGRAM, LIST("/bin/sh"));
	plan_add(plan, OP_EXEC, LIST("sh", "-c", script), LIST("PATH=/bin"));
	plan_end(plan);
}

void expect_output(struct plan *plan, const char *script, const char *expected)
{
	struct run run;
	struct report report;
	char output[8192];
	int status;

	end_with_script(plan, script);
	run = driver_start(plan, NAMESPACES, 0);
	report = driver_report(run.socket, 0);
	status = driver_finish(&run, output, sizeof(output));
	CHECK(report.kind == 0, "step %lu, errno %lu: %.*s", report.step, report.error,
	      (int)report.length, report.detail);
	CHECK(WIFEXITED(status), "status %x", status);
	CHECK(!strcmp(output, expected), "printed \"%s\"", output);
}

void expect_failure(struct plan *plan, int error, const char *detail)
{
	u64 step = ((struct program_header *)plan->bytes)->steps - 1;
	struct run run;
	struct report report;
	int status;

	end_with_script(plan, "echo not reached");
	run = driver_start(plan, NAMESPACES, 0);
	report = driver_report(run.socket, 0);
	status = driver_finish(&run, 0, 0);
	CHECK(report.kind == REPORT_FAILED && report.step == step && report.error == (u64)error,
	      "kind %lu, step %lu, errno %lu", report.kind, report.step, report.error);
	CHECK(report.length == strlen(detail) && !memcmp(report.detail, detail, report.length),
	      "\"%.*s\"", (int)report.length, report.detail);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status %x", status);
}

void add_tmpfs(struct plan *plan, u64 slot, const char *target)
{
	plan_add(plan, OP_NEW_MOUNT, slot, "tmpfs", "tmpfs", LIST("size=64k"), U(0));
	plan_add(plan, OP_ATTACH, slot, target, U(0));
}

/* The default configuration. */

static void add_mount(struct plan *plan, u64 slot, const char *type, const char *target,
		      const char *const *options, u64 attributes)
{
	plan_add(plan, OP_NEW_MOUNT, slot, type, type, options, attributes);
	plan_add(plan, OP_ATTACH, slot, target, U(NO_SYMLINKS));
}

static void add_default_mounts(struct plan *plan)
{
	u64 strict = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

	add_mount(plan, 0, "proc", "/proc", LIST(0), 0);
	add_mount(plan, 1, "tmpfs", "/dev", LIST("mode=755", "size=65536k"),
		  MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME);
	add_mount(plan, 2, "devpts", "/dev/pts",
		  LIST("newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
		  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	add_mount(plan, 3, "tmpfs", "/dev/shm", LIST("mode=1777", "size=65536k"), strict);
	add_mount(plan, 4, "mqueue", "/dev/mqueue", LIST(0), strict);
	add_mount(plan, 5, "sysfs", "/sys", LIST(0), strict | MOUNT_ATTR_RDONLY);
}

static void add_default_devices(struct plan *plan)
{
	static const struct {
		const char *path;
		u64 major, minor;
	} devices[] = {{"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
		       {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0}};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		plan_add(plan, OP_MAKE_DEVICE, devices[i].path, U(S_IFCHR), devices[i].major,
			 devices[i].minor, U(0666), U(0), U(0));
	plan_add(plan, OP_MAKE_SYMLINK, "/dev/ptmx", "pts/ptmx");
	plan_add(plan, OP_MAKE_SYMLINK, "/dev/fd", "/proc/self/fd");
	plan_add(plan, OP_MAKE_SYMLINK, "/dev/stdin", "/proc/self/fd/0");
}

static void add_default_masks(struct plan *plan)
{
	static const char *const masked[] = {"/proc/acpi",	  "/proc/kcore", "/proc/keys",
					     "/proc/timer_list",  "/proc/scsi",	 "/sys/firmware",
					     "/proc/no-such-file"};
	static const char *const readonly[] = {"/proc/bus",	      "/proc/fs",
					       "/proc/irq",	      "/proc/sys",
					       "/proc/sysrq-trigger", "/proc/no-such-file"};

	for (size_t i = 0; i < sizeof(readonly) / sizeof(readonly[0]); i++)
		plan_add(plan, OP_MAKE_PATH_READONLY, readonly[i]);
	for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++)
		plan_add(plan, OP_MASK_PATH, masked[i]);
}

static void add_default_credentials(struct plan *plan, u64 capabilities)
{
	plan_add(plan, OP_SET_UMASK, U(022));
	plan_add(plan, OP_SET_NO_NEW_PRIVILEGES);
	plan_add(plan, OP_SET_BOUNDING_SET, capabilities);
	plan_add(plan, OP_KEEP_CAPABILITIES);
	plan_add(plan, OP_TRY_DIRECTORY, "/");
	plan_add(plan, OP_SET_GROUPS, U(0));
	plan_add(plan, OP_SET_GROUP_ID, U(0));
	plan_add(plan, OP_SET_USER_ID, U(0));
	plan_add(plan, OP_REQUIRE_DIRECTORY, "/");
	plan_add(plan, OP_SET_CAPABILITIES, capabilities, capabilities, U(0), U(0));
}

struct plan default_container(void)
{
	struct plan plan = plan_begin();

	plan_add(&plan, OP_RESET_SIGNALS);
	plan_add(&plan, OP_SET_NAME, "berth");
	plan_add(&plan, OP_OPEN_PROCFS, LIST("subset=pid"));
	plan_add(&plan, OP_SET_OOM_SCORE_ADJ, "17");
	plan_add(&plan, OP_CLOSE_PROCFS);
	plan_add(&plan, OP_UNSHARE, U(CLONE_NEWCGROUP));
	plan_add(&plan, OP_NEW_SESSION);
	plan_add(&plan, OP_LOOPBACK_UP);
	plan_add(&plan, OP_SET_ROOT_PROPAGATION, U(MS_SLAVE), U(RECURSIVE));
	plan_add(&plan, OP_MOUNT_ROOT, in_root(""));
	add_default_mounts(&plan);
	add_default_devices(&plan);
	plan_add(&plan, OP_PIVOT_ROOT);
	plan_add(&plan, OP_SET_HOSTNAME, "box");
	add_default_masks(&plan);
	plan_add(&plan, OP_MAKE_ROOT_READONLY);
	plan_add(&plan, OP_SET_RLIMIT, U(7), U(1024), U(1024));
	add_default_credentials(&plan, 0x20000420);
	return plan;
}
