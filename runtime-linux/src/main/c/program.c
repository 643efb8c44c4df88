/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's format: the check of a whole program, and the reading of one that passed it.
 *
 * The runtime made the program and is trusted, but a string in it may have come from anywhere. A
 * length that one side cuts short and the other does not would turn the rest of a string into
 * steps (CVE-2021-43784), so everything is measured against what is left before it is believed, by
 * comparisons that cannot overflow: `left` shrinks, nothing is ever added to a length.
 */
#include "program.h"

#define WORD sizeof(u64)

struct span {
	const u8 *at;
	u64 left;
	u64 slots; /* of the program */
};

static const char *const signatures[] = {
#define X(name, signature) signature,
	OPERATIONS(X)
#undef X
};

static int take_number(struct span *span, u64 *number)
{
	if (span->left < WORD)
		return 0;
	*number = *(const u64 *)span->at;
	span->at += WORD;
	span->left -= WORD;
	return 1;
}

/* The bytes, their NUL and the padding; all of the padding must be zeros. */
static int take_string(struct span *span)
{
	u64 length, i;

	if (!take_number(span, &length) || length >= span->left)
		return 0;
	for (i = 0; i < length; i++)
		if (!span->at[i])
			return 0;
	for (; i < length + WORD - length % WORD; i++)
		if (span->at[i])
			return 0;
	span->at += i;
	span->left -= i;
	return 1;
}

static int take_list(struct span *span, int (*take)(struct span *))
{
	u64 count;

	if (!take_number(span, &count) || count > span->left / WORD)
		return 0;
	while (count--)
		if (!take(span))
			return 0;
	return 1;
}

static int skip_number(struct span *span)
{
	u64 number;

	return take_number(span, &number);
}

static int take_slot(struct span *span)
{
	u64 slot;

	return take_number(span, &slot) && slot < span->slots;
}

static int take_field(struct span *span, char kind)
{
	switch (kind) {
	case 'u':
		return skip_number(span);
	case 'd':
		return take_slot(span);
	case 'D':
		return take_list(span, take_slot);
	case 's':
		return take_string(span);
	case 'l':
		return take_list(span, take_string);
	default:
		return take_list(span, skip_number);
	}
}

static const char *check_step(struct span *program, u64 *operation)
{
	const char *kind;
	struct span fields;
	u64 size;

	if (!take_number(program, operation) || !take_number(program, &size))
		return "program ends within a step";
	if (*operation >= OPERATIONS_END)
		return "unknown operation";
	if (size % WORD || size > program->left)
		return "step is longer than the program";
	fields = (struct span){program->at, size, program->slots};
	for (kind = signatures[*operation]; *kind; kind++)
		if (!take_field(&fields, *kind))
			return "field does not match its operation";
	if (fields.left)
		return "step has more than its fields";
	program->at += size;
	program->left -= size;
	return 0;
}

const char *program_check(const void *program, u64 size)
{
	const struct program_header *header = program;
	struct span rest = {(const u8 *)(header + 1), size - sizeof(*header), header->slots};
	u64 operation = OPERATIONS_END;
	u64 step;

	if (header->magic != PROGRAM_MAGIC)
		return "not a program";
	if (header->size != size || size % WORD || size > PROGRAM_MAX)
		return "wrong size";
	if (header->slots > size)
		return "too many slots";
	for (step = 0; step < header->steps; step++) {
		const char *problem = check_step(&rest, &operation);

		if (problem)
			return problem;
	}
	if (rest.left)
		return "bytes after the last step";
	/* run_program relies on it: after the last step there is nothing to run. */
	if (operation != OP_EXEC && operation != OP_END)
		return "last step is neither EXEC nor END";
	return 0;
}

u64 next_number(struct fields *fields)
{
	return *fields->at++;
}

const char *next_string(struct fields *fields)
{
	u64 length = next_number(fields);
	const char *string = (const char *)fields->at;

	fields->at += length / WORD + 1;
	return string;
}

const struct step_header *program_start(const void *program)
{
	return (const struct step_header *)((const struct program_header *)program + 1);
}

const struct step_header *next_step(const struct step_header *step)
{
	return (const struct step_header *)((const u8 *)(step + 1) + step->size);
}

u64 program_slots(const void *program)
{
	return ((const struct program_header *)program)->slots;
}

void program_last_uses(const void *program, u64 *last_uses)
{
	const struct program_header *header = program;
	const struct step_header *step = program_start(program);
	u64 slot;

	for (slot = 0; slot < header->slots; slot++)
		last_uses[slot] = ~0ul;
	for (u64 index = 0; index < header->steps; index++, step = next_step(step)) {
		struct step_slots slots = step_slots(step);

		while (next_slot(&slots, &slot))
			last_uses[slot] = index;
	}
}

struct step_slots step_slots(const struct step_header *step)
{
	return (struct step_slots){signatures[step->operation], {(const u64 *)(step + 1)}, 0};
}

int next_slot(struct step_slots *slots, u64 *slot)
{
	while (!slots->left) {
		switch (*slots->kind++) {
		case 'u':
			next_number(&slots->fields);
			break;
		case 'd':
			slots->left = 1;
			break;
		case 'D':
			slots->left = next_number(&slots->fields);
			break;
		default: /* the end, or what no slot comes after */
			slots->kind--;
			return 0;
		}
	}
	slots->left--;
	*slot = next_number(&slots->fields);
	return 1;
}
