/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages from the stub to whoever started it, and the answers.
 *
 * A report that cannot be sent means that the runtime is gone, and with it the one who would have
 * cleaned up after this process: it ends at once, and what it made ends with its namespaces.
 */
#include "report.h"

#include "stub.h"

void explain(struct reports *reports, const char *text)
{
	struct report *report = &reports->report;

	while (*text && report->length < DETAIL_MAX)
		report->detail[report->length++] = *text++;
}

long called(struct reports *reports, const char *call, const char *object, long result)
{
	if (result >= 0)
		return result;
	reports->report.length = 0;
	explain(reports, call);
	if (object) {
		explain(reports, "(");
		explain(reports, object);
		explain(reports, ")");
	}
	return result;
}

void report_instead(struct reports *reports, const char *sentence)
{
	reports->report.length = 0;
	explain(reports, sentence);
}

static void send(struct reports *reports, struct message *message)
{
	struct report *report = &reports->report;
	struct io_vector vector = {report, sizeof(*report) - DETAIL_MAX + report->length};

	message->vectors = &vector;
	message->vector_count = 1;
	if (sys(sendmsg, reports->socket, message, MSG_NOSIGNAL) < 0)
		leave(1);
}

void report(struct reports *reports, enum report_kind kind, u64 value)
{
	struct message message = {0};

	reports->report.kind = kind;
	reports->report.value = value;
	if (kind != REPORT_FAILED)
		reports->report.length = 0;
	send(reports, &message);
}

void report_child(struct reports *reports, u64 pid, int pidfd)
{
	struct {
		u64 size;
		int level;
		int type;
		int descriptor;
		int padding;
	} control = {20, SOL_SOCKET, SCM_RIGHTS, pidfd, 0};
	struct message message = {.control = &control, .control_size = sizeof(control)};

	reports->report.kind = REPORT_FORKED;
	reports->report.value = pid;
	reports->report.length = 0;
	send(reports, &message);
}

void report_failure(struct reports *reports, long error)
{
	reports->report.error = (u64)-error;
	report(reports, REPORT_FAILED, 0);
	leave(1);
}

int told_to_go(int socket)
{
	struct answer answer;
	long size = sys(recvfrom, socket, &answer, sizeof(answer), MSG_TRUNC);

	return size == sizeof(answer) && answer.word == ANSWER_GO;
}
