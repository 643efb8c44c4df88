/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages from the stub to whoever started it, and the answers.
 *
 * A report that cannot be sent means that the runtime is gone, and with it the one who would have
 * cleaned up after this process: it ends at once, and what it made ends with its namespaces.
 */
#include "report.h"

#include "stub.h"
#include "text.h"

void explain_bytes(struct reports *reports, const char *bytes, u64 size)
{
	struct report *report = &reports->report;

	while (size-- && report->length < DETAIL_MAX)
		report->detail[report->length++] = *bytes++;
}

void explain(struct reports *reports, const char *text)
{
	explain_bytes(reports, text, text_length(text));
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

void report_with(struct reports *reports, enum report_kind kind, u64 value, const int *descriptors,
		 u64 count)
{
	struct descriptors_message control = {.level = SOL_SOCKET, .type = SCM_RIGHTS};
	struct message message = {.control = &control};

	control.size = DESCRIPTORS_HEADER + count * sizeof(*descriptors);
	message.control_size = control.size;
	for (u64 i = 0; i < count; i++)
		control.descriptors[i] = descriptors[i];
	reports->report.kind = kind;
	reports->report.value = value;
	reports->report.length = 0;
	send(reports, &message);
}

void report_listener(struct reports *reports, long listener)
{
	struct report *report = &reports->report;

	report->kind = REPORT_LISTENER;
	report->value = (u64)listener;
	report->length = 0;
	if (sys(write, reports->socket, report, sizeof(*report) - DETAIL_MAX) < 0)
		leave(1);
}

void report_failure(struct reports *reports, long error)
{
	reports->report.error = (u64)-error;
	report(reports, REPORT_FAILED, reports->hook);
	leave(1);
}

int told_to_go(int socket)
{
	struct answer answer;
	long size = sys(recvfrom, socket, &answer, sizeof(answer), MSG_TRUNC);

	return size == sizeof(answer) && answer.word == ANSWER_GO;
}

int told_to_go_with(int socket, int *descriptors, u64 count)
{
	struct answer answer = {0};
	struct descriptors_message control = {0};
	struct io_vector vector = {&answer, sizeof(answer)};
	struct message message = {.vectors = &vector,
				  .vector_count = 1,
				  .control = &control,
				  .control_size = sizeof(control)};
	long size = sys(recvmsg, socket, &message, MSG_CMSG_CLOEXEC);

	if (size != sizeof(answer) || message.flags & (MSG_TRUNC | MSG_CTRUNC) ||
	    answer.word != ANSWER_GO || control.level != SOL_SOCKET || control.type != SCM_RIGHTS ||
	    control.size != DESCRIPTORS_HEADER + count * sizeof(*descriptors))
		return 0;
	for (u64 i = 0; i < count; i++)
		descriptors[i] = control.descriptors[i];
	return 1;
}
