/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests share: a root made of busybox, the pieces of plans, and what is expected of them. */
#pragma once

#define _GNU_SOURCE
#include <sched.h>

#include "driver.h"

#define NAMESPACES  (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
#define RECURSIVE   0x8000 /* AT_RECURSIVE */
#define NO_SYMLINKS 4	   /* RESOLVE_NO_SYMLINKS */

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}

extern const struct test container_tests[], hook_tests[], mount_tests[], path_tests[],
	procfs_tests[], protocol_tests[];

/* Runs a list that ends with a null name. */
void run_tests(const struct test *tests);
void passed_and_failed(int *passed, int *failed);

/* A failed check prints its line, and fails the test. */
void check(int holds, int line, const char *format, ...);
#define CHECK(condition, ...) check(!!(condition), __LINE__, __VA_ARGS__)

/* Makes the root and the canary, in a mount namespace of this process's own. */
void make_home(void);

/* Paths below the container's root, and below a directory beside it that no test may change. */
const char *in_root(const char *path);
const char *in_canary(const char *path);
void in_fresh_root(const char *directory); /* mkdir in the root */

/* Plans: the root as it is; the default configuration; the program at the end. */
struct plan bare_container(void);
struct plan default_container(void);
void add_tmpfs(struct plan *plan, u64 slot, const char *target);
void end_with_script(struct plan *plan, const char *script);

/* Runs `script` in what the plan makes, and compares all that it prints. */
void expect_output(struct plan *plan, const char *script, const char *output);

/* Runs a plan whose last step fails. */
void expect_failure(struct plan *plan, int error, const char *detail);
