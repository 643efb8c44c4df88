/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer target: the check of programs, and the running of those that pass it.
 *
 * The stub is linked as it is but for system_call, which is a table here: it reads all that the
 * kernel would read and fills all that the kernel would fill, so that the sanitizers see each
 * pointer and each length; what a call returns, an input decides. The first byte of an input says
 * whether the rest is a program as it came over the wire, or a recipe for one, valid or nearly so.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <asm/ioctls.h>
#include <asm/statfs.h>
#include <asm/termios.h>
#include <linux/ioctl.h>
#include <linux/poll.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <linux/sched.h>

#include "stub.h"

#define ALLOCATIONS_MAX 16
#define ALLOCATION_MAX	(16ul << 20)
#define SLOTS		16

static jmp_buf ended; /* where the process would have ended, or become another */

static struct {
	const u8 *at;
	size_t left;
} input;

static void *allocations[ALLOCATIONS_MAX];
static int allocation_count;
static volatile u64 sink;

static const char *const signatures[] = {
#define X(name, signature) signature,
	OPERATIONS(X)
#undef X
};

/* Zeros when the input is used up: every loop of the stub that waits for something ends then. */
static u8 next_byte(void)
{
	if (!input.left)
		return 0;
	input.left--;
	return *input.at++;
}

static void read_string(const char *string)
{
	sink += strlen(string);
}

static void read_bytes(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		sink += ((const u8 *)bytes)[i];
}

static void read_strings(const char *const *strings)
{
	while (*strings)
		read_string(*strings++);
}

/* All of the buffer, as the kernel may. */
static long fill(void *bytes, size_t size)
{
	u8 byte = next_byte();

	memset(bytes, byte, size);
	for (size_t i = 0; i < size && i < 8; i++)
		((u8 *)bytes)[i] = next_byte();
	if (!input.left)
		return 0;
	return (long)((byte & 1 ? (size_t)next_byte() : size - next_byte() % 16u) % (size + 1));
}

static long answer(struct answer *answer)
{
	u8 byte = next_byte();

	answer->word = byte & 1 ? 0 : ANSWER_GO;
	return byte & 2 ? 0 : (long)sizeof(*answer);
}

static long send_report(const struct message *message)
{
	const struct report *report = message->vectors->base;

	if (message->vectors->size != sizeof(*report) - DETAIL_MAX + report->length ||
	    report->length > DETAIL_MAX)
		abort();
	read_bytes(report, message->vectors->size);
	read_bytes(message->control, message->control_size);
	return 0;
}

static long map(u64 size)
{
	if (allocation_count == ALLOCATIONS_MAX || size > ALLOCATION_MAX)
		return -ENOMEM;
	return (long)(allocations[allocation_count++] = calloc(1, size));
}

/* An answer with descriptors; how many, the input says, and not the step. */
static long receive(const struct message *message)
{
	struct descriptors_message *control = message->control;

	control->level = SOL_SOCKET;
	control->type = SCM_RIGHTS;
	control->size = DESCRIPTORS_HEADER + next_byte() % SCM_MAX_FD * sizeof(int);
	fill(control->descriptors, control->size - DESCRIPTORS_HEADER);
	return answer(message->vectors->base);
}

/* Nothing more, or one entry: the kernel's own structure is not exported. */
static long list_directory(u8 *entries)
{
	static const char names[][8] = {".", "..", "a", "b"};

	if (!(next_byte() & 1))
		return 0;
	memset(entries, 0, 32);
	entries[16] = 32; /* d_reclen, after d_ino and d_off */
	memcpy(entries + 19, names[next_byte() % 4], sizeof(names[0]));
	return 32;
}

static long list_attributes(char *names)
{
	static const char list[] = "user.a\0security.capability";

	if (next_byte() & 1)
		return 0;
	memcpy(names, list, sizeof(list));
	return sizeof(list);
}

static long fork_or_not(const struct clone_args *arguments)
{
	*(int *)arguments->pidfd = 9;
	return next_byte() & 1 ? 1234 : 0;
}

/* In the hook, or in its parent; the bytes of a siginfo, too, are what the input says. */
static long clone_or_not(int *pidfd)
{
	*pidfd = 9;
	return next_byte() & 1 ? 1234 : 0;
}

/* Something is ready, or the time is over: a hook of the real stub may take for ever. */
static long poll_call(struct pollfd *polls, u64 count)
{
	long ready = 0;

	for (u64 i = 0; i < count; i++) {
		polls[i].revents = (short)next_byte();
		ready += polls[i].revents != 0;
	}
	if (!input.left)
		polls[0].revents = POLLIN;
	return ready;
}

static long prctl_call(long option, long argument)
{
	if (option == PR_SET_NAME)
		read_string((const char *)argument);
	return option == PR_CAPBSET_DROP && argument > 40 ? -EINVAL : 0;
}

static long ioctl_call(long request, void *argument)
{
	switch (request) {
	case TIOCGPTPEER:
		return 4 + next_byte();
	case TIOCSPTLCK:
		read_bytes(argument, sizeof(int));
		return 0;
	case TIOCSWINSZ:
		read_bytes(argument, sizeof(struct winsize));
		return 0;
	default:
		return 0;
	}
}

/* What the call reads and writes, and its result where there is one besides success. */
static long touch(long number, long a, long b, long c, long d, long e)
{
	switch (number) {
	case __NR_exit_group:
		longjmp(ended, 1);
	case __NR_execve:
		read_string((const char *)a);
		read_strings((const char *const *)b);
		read_strings((const char *const *)c);
		longjmp(ended, 1);
	case __NR_mmap:
		return map((u64)b);
	case __NR_sendmsg:
		return send_report((const struct message *)b);
	case __NR_recvfrom:
		return answer((struct answer *)b);
	case __NR_recvmsg:
		return receive((const struct message *)b);
	case __NR_clone3:
		return fork_or_not((const struct clone_args *)a);
	case __NR_clone:
		return clone_or_not((int *)c);
	case __NR_ppoll:
		return poll_call((struct pollfd *)a, (u64)b);
	case __NR_waitid:
		return fill((void *)c, sizeof(siginfo_t)), 0;
	case __NR_memfd_create:
		read_string((const char *)a);
		return 0;
	case __NR_pipe2:
		return fill((void *)a, 2 * sizeof(int)), 0;
	case __NR_statx:
		read_string((const char *)b);
		return fill((void *)e, sizeof(struct statx)), 0;
	case __NR_fstatfs:
		return fill((void *)b, sizeof(struct statfs)), 0;
	case __NR_ioctl:
		return ioctl_call(b, (void *)c);
	case __NR_read:
		return fill((void *)b, (size_t)c);
	case __NR_pread64:
		return fill((void *)b, (size_t)c);
	case __NR_write:
		read_bytes((const void *)b, (size_t)c);
		return c;
	case __NR_getcwd:
		return fill((void *)a, (size_t)b);
	case __NR_readlinkat:
		read_string((const char *)b);
		return fill((void *)c, (size_t)d);
	case __NR_keyctl:
		if (a == KEYCTL_JOIN_SESSION_KEYRING)
			read_string((const char *)b);
		return 0;
	case __NR_sched_setaffinity:
		read_bytes((const void *)c, (size_t)b);
		return 0;
	case __NR_sched_setattr:
		read_bytes((const void *)b, *(const u32 *)b);
		return 0;
	case __NR_set_mempolicy:
		read_bytes((const void *)b, (size_t)c / 8);
		return 0;
	case __NR_getdents64:
		return list_directory((u8 *)b);
	case __NR_flistxattr:
		return list_attributes((char *)b);
	case __NR_fgetxattr:
		read_string((const char *)b);
		return fill((void *)c, (size_t)d);
	case __NR_fsetxattr:
		read_string((const char *)b);
		read_bytes((const void *)c, (size_t)d);
		return 0;
	case __NR_utimensat:
		if (b)
			read_string((const char *)b);
		read_bytes((const void *)c, 4 * sizeof(long));
		return 0;
	case __NR_mount:
		if (a)
			read_string((const char *)a);
		read_string((const char *)b);
		read_string((const char *)c);
		read_string((const char *)e);
		return 0;
	case __NR_setgroups:
		read_bytes((const void *)b, (size_t)a * sizeof(u32));
		return 0;
	case __NR_prctl:
		return prctl_call(a, b);
	case __NR_sethostname:
	case __NR_setdomainname:
		read_bytes((const void *)a, (size_t)b);
		return 0;
	case __NR_fsconfig:
		if (c)
			read_string((const char *)c);
		if (d)
			read_string((const char *)d);
		return 0;
	case __NR_symlinkat:
		read_string((const char *)a);
		read_string((const char *)c);
		return 0;
	case __NR_chdir:
	case __NR_chroot:
	case __NR_umount2:
	case __NR_fsopen:
		read_string((const char *)a);
		return 0;
	case __NR_openat:
	case __NR_openat2:
	case __NR_open_tree:
	case __NR_mkdirat:
	case __NR_mknodat:
	case __NR_faccessat2:
	case __NR_fspick:
		read_string((const char *)b);
		return 0;
	default:
		return 0;
	}
}

static int makes_descriptor(long number)
{
	switch (number) {
	case __NR_memfd_create:
	case __NR_openat:
	case __NR_openat2:
	case __NR_open_tree:
	case __NR_fsopen:
	case __NR_fsmount:
	case __NR_fspick:
	case __NR_socket:
	case __NR_accept4:
		return 1;
	default:
		return 0;
	}
}

/* The calls that the stub does not expect to fail are not made to: it leaves, and that is all. */
long system_call(long number, long a, long b, long c, long d, long e, long f)
{
	static const int errors[] = {ENOENT, EEXIST, EAGAIN, ELOOP, EINVAL, EACCES, ECONNABORTED};
	long result = touch(number, a, b, c, d, e);
	u8 byte;

	(void)f;
	if (number == __NR_sendmsg || number == __NR_mmap || number == __NR_clone3 ||
	    number == __NR_clone || number == __NR_ppoll)
		return result;
	byte = next_byte();
	if (byte >= 192)
		return -errors[byte % (sizeof(errors) / sizeof(errors[0]))];
	return makes_descriptor(number) ? 4 + byte : result;
}

/* A valid program, by the signatures, out of what the recipe says. */

#define PROGRAM_SIZE  131072
#define STEP_SIZE_MAX 49152 /* eight strings */

static struct {
	u64 words[PROGRAM_SIZE / sizeof(u64)];
	size_t count;
} made;

static void put(u64 word)
{
	made.words[made.count++] = word;
}

/* Mostly short, but some are longer than any buffer of the stub. */
static void put_string(void)
{
	u8 byte = next_byte();
	u64 length = byte < 224 ? byte % 32u : (byte - 223) * 160u;
	u8 *bytes;

	put(length);
	bytes = (u8 *)(made.words + made.count);
	memset(bytes, 0, length / 8 * 8 + 8);
	for (u64 i = 0; i < length; i++) {
		byte = next_byte();
		bytes[i] = byte ? byte : 'x';
	}
	made.count += length / 8 + 1;
}

static void put_field(char kind)
{
	u8 count;

	switch (kind) {
	case 'u':
		put(next_byte() & 1 ? next_byte() : (u64)next_byte() << 8 * (next_byte() % 8));
		break;
	case 'd':
		put(next_byte() % SLOTS);
		break;
	case 's':
		put_string();
		break;
	default:
		count = next_byte() % 4;
		put(count);
		while (count--)
			put_field(kind == 'l' ? 's' : kind == 'D' ? 'd' : 'u');
	}
}

static void put_step(u8 operation)
{
	size_t start = made.count;

	put(operation);
	put(0);
	for (const char *kind = signatures[operation]; *kind; kind++)
		put_field(*kind);
	made.words[start + 1] = (made.count - start - 2) * sizeof(u64);
	made.words[2]++;
}

static void make_program(void)
{
	made.count = 0;
	put(PROGRAM_MAGIC);
	put(0);
	put(0);
	put(SLOTS);
	do
		put_step(next_byte() % OPERATIONS_END);
	while (next_byte() & 1 && made.count * sizeof(u64) < PROGRAM_SIZE - 2 * STEP_SIZE_MAX);
	put_step(OP_EXEC);
	made.words[1] = made.count * sizeof(u64);
}

/* Makes a valid program wrong in a few numbers, which is where a check goes wrong. */
static void spoil_program(void)
{
	u8 count = next_byte() % 4;

	while (count--) {
		size_t at = (next_byte() | (size_t)next_byte() << 8) % made.count;
		u8 change = next_byte();

		made.words[at] += change < 128 ? (u64)change % 17 - 8 : 1ul << change % 64;
	}
}

static void run(const void *program)
{
	static struct stub stub;

	if (!setjmp(ended)) {
		stub_initialise(&stub, 3);
		stub.root = 4;
		if (slots_make(&stub, program) < 0)
			return;
		if (stub.slot_count)
			stub.slots[0] = 5;
		run_program(&stub, program);
	}
	while (allocation_count)
		free(allocations[--allocation_count]);
}

/* A copy of exactly the right size, so that one byte read too far is seen. */
static void check_and_run(const void *bytes, size_t size, int is_valid)
{
	void *program = malloc(size);

	memcpy(program, bytes, size);
	if (!program_check(program, size))
		run(program);
	else if (is_valid)
		abort();
	free(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct program_header *header;

	if (!size)
		return 0;
	input.at = data + 1;
	input.left = size - 1;
	if (data[0] & 1) {
		const u8 *recipe = input.at;
		size_t recipe_size = input.left;

		make_program();
		/* The rest, or else the same again, decides what the calls return. */
		if (!input.left) {
			input.at = recipe;
			input.left = recipe_size;
		}
		if (data[0] & 2)
			spoil_program();
		check_and_run(made.words, made.count * sizeof(u64), !(data[0] & 2));
	} else if (input.left >= sizeof(*header)) {
		static u8 bytes[1 << 16];
		size_t length = input.left < sizeof(bytes) ? input.left : sizeof(bytes);

		/* The two numbers that no mutation finds are given to it, most of the time. */
		memcpy(bytes, input.at, length);
		header = (struct program_header *)bytes;
		if (data[0] & 2) {
			header->magic = PROGRAM_MAGIC;
			header->size = length;
		}
		check_and_run(bytes, length, 0);
	}
	return 0;
}
