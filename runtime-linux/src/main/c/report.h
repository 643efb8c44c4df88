/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from the stub to whoever started it, and the answers. */
#pragma once

#include "program.h"

struct reports {
	int socket;	      /* the runtime's; after AWAIT_START that of the start */
	struct report report; /* the next one, being put together */
	u64 hook;	      /* of a step that runs one: its index, and 1; otherwise 0 */
};

/* Begins the detail anew: `call(object)`, as strace names it; returns result. A tolerated failure
 * leaves a detail behind that nobody sends: only the last one before REPORT_FAILED counts. */
long called(struct reports *reports, const char *call, const char *object, long result);

/* Adds to the detail as much of text as there is room for. */
void explain(struct reports *reports, const char *text);
void explain_bytes(struct reports *reports, const char *bytes, u64 size);

/* Begins the detail anew, with a sentence instead of a call. */
void report_instead(struct reports *reports, const char *sentence);

/* Each sends one report, and does not return if nobody is there to receive it. */
/*
 * By write(2): of all calls it is the only one that no filter passes on to the agent, who cannot
 * answer before this is said.
 */
void report_listener(struct reports *reports, long listener);

void report(struct reports *reports, enum report_kind kind, u64 value);
void report_with(struct reports *reports, enum report_kind kind, u64 value, const int *descriptors,
		 u64 count);

/* A negative errno, or 0 where no call has failed and the detail says it all. */
__attribute__((noreturn)) void report_failure(struct reports *reports, long error);

/* Waits for an answer: whether it came and says "go". */
int told_to_go(int socket);

/* The same, with as many descriptors as are expected. */
int told_to_go_with(int socket, int *descriptors, u64 count);
