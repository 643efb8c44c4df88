/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime's side of the stub, in C: makes programs, starts stubs through the spawn blob, and
 * receives reports. Any failure of the driver itself ends the test run with a message.
 */
#pragma once

#include <sys/types.h>

#include "program.h"

struct plan {
	u8 *bytes;
	u64 size;
};

/* The fields in the order of the signature: U(number), string, list (ends with a null pointer). */
#define U(number) ((u64)(number))
#define LIST(...) ((const char *const[]){__VA_ARGS__, 0})

#define PLAN_SLOTS 16

struct plan plan_begin(void);
void plan_add(struct plan *plan, enum operation operation, ...);
void plan_end(struct plan *plan);

struct run {
	pid_t pid;
	int socket; /* the runtime's end */
	int output; /* what the container writes, read end of a pipe */
};

#define SEALED	 1
#define UNSEALED 0

int driver_memfd(const void *bytes, u64 size, int sealed);
void driver_load(const char *directory); /* that has the files stub and spawn */

/* Starts a stub in new namespaces, and sends nothing. */
struct run driver_spawn(u64 namespaces);

/* Sends the launch message with program, standard descriptors and slots (ends with -1). */
void driver_launch(const struct run *run, int program, const int *slots);

/* The same, where the first `further` of the slots are inherited as 3, 4, … instead. */
void driver_launch_with(const struct run *run, int program, int further, const int *slots);

/* Both of the above, for a plan that has been ended; frees it. */
struct run driver_start(struct plan *plan, u64 namespaces, const int *slots);

/* The next report with its descriptor (-1: none), or kind 0 at the end of file. */
struct report driver_report(int socket, int *descriptor);
void driver_answer(int socket);

/* Reads the output to its end, reaps, returns the wait status, and closes the run's descriptors. */
int driver_finish(struct run *run, char *output, size_t size);
