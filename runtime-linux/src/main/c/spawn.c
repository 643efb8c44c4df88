/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native entry through which the JVM makes a process; spawn.h says what it does and why.
 *
 * It becomes a blob that is mapped anywhere: no data, no relocations, `spawn` at its first byte. The
 * build fails otherwise. The child has a stack of its own but shares everything else with a running
 * JVM, whose thread is suspended until the exec: it writes nothing but its stack and the request.
 */
#include "spawn.h"

#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/prctl.h>

#include "sys.h"

#define WORDS _LINUX_CAPABILITY_U32S_3

__attribute__((noreturn)) static void give_up(struct spawn *request, enum spawn_call call,
					      long error)
{
	request->call = call;
	request->error = (u64)-error;
	for (;;)
		sys(exit_group, 127);
}

/* Ambient is only what is permitted and inheritable. */
static long raise_ambient(void)
{
	/* volatile, or a compiler makes one store of the two, of a constant that it keeps as data. */
	volatile struct __user_cap_header_struct header;
	struct __user_cap_data_struct sets[WORDS];
	long result;

	header.version = _LINUX_CAPABILITY_VERSION_3;
	header.pid = 0;
	result = sys(capget, &header, sets);
	if (result < 0)
		return result;
	for (int word = 0; word < WORDS; word++)
		sets[word].inheritable = sets[word].permitted;
	result = sys(capset, &header, sets);
	for (int i = 0; i < WORDS * 32 && result >= 0; i++)
		if (sets[i / 32].permitted >> i % 32 & 1)
			result = sys(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
	return result;
}

/* Called from the assembly below, on the child's stack. */
__attribute__((noreturn, used)) void spawn_child(struct spawn *request)
{
	long result = request->raise_ambient ? raise_ambient() : 0;
	u64 empty = 0; /* "" would be data */

	if (result < 0)
		give_up(request, SPAWN_CAPABILITIES, result);
	/* Without CLONE_FILES the table of descriptors is the child's own. */
	result = sys(close_range, STDIO_END, ~0u, CLOSE_RANGE_CLOEXEC);
	if (result >= 0)
		result = sys(fcntl, request->socket, F_SETFD, 0);
	if (result < 0)
		give_up(request, SPAWN_DESCRIPTORS, result);
	give_up(request, SPAWN_EXEC,
		sys(execveat, request->stub, &empty, request->argv, request->envp, AT_EMPTY_PATH));
}

/*
 * clone3, where the child comes back on another stack, on which there is no frame to return to: it
 * goes on in spawn_child. The section is the first of the blob, which begins with a jump to spawn.
 */
long spawn_clone(u64 arguments, u64 size, struct spawn *request);

#define TEXT(number)	TEXT_OF(number)
#define TEXT_OF(number) #number

#if defined(__x86_64__)
__asm__(".section .text.entry, \"ax\"\n"
	"	jmp spawn\n"
	"spawn_clone:\n"
	"	mov %rdx, %r8\n"
	"	mov $" TEXT(__NR_clone3) ", %eax\n"
					 "	syscall\n"
					 "	test %rax, %rax\n"
					 "	jz 1f\n"
					 "	ret\n"
					 "1:	xor %ebp, %ebp\n"
					 "	mov %r8, %rdi\n"
					 "	call spawn_child\n"
					 "	hlt\n"
					 ".text\n");
#elif defined(__aarch64__)
__asm__(".section .text.entry, \"ax\"\n"
	"	b spawn\n"
	"spawn_clone:\n"
	"	mov x8, #" TEXT(__NR_clone3) "\n"
					     "	svc #0\n"
					     "	cbz x0, 1f\n"
					     "	ret\n"
					     "1:	mov x29, #0\n"
					     "	mov x30, #0\n"
					     "	mov x0, x2\n"
					     "	bl spawn_child\n"
					     "	brk #1\n"
					     ".text\n");
#elif defined(__riscv) && __riscv_xlen == 64
__asm__(".section .text.entry, \"ax\"\n"
	"	j spawn\n"
	"spawn_clone:\n"
	"	li a7, " TEXT(__NR_clone3) "\n"
					   "	ecall\n"
					   "	beqz a0, 1f\n"
					   "	ret\n"
					   "1:	li s0, 0\n"
					   "	li ra, 0\n"
					   "	mv a0, a2\n"
					   "	call spawn_child\n"
					   "	ebreak\n"
					   ".text\n");
#else
#error "no entry for this architecture"
#endif

__attribute__((used)) long spawn(struct spawn *request)
{
	long pid;

	request->error = 0;
	request->call = 0;
	pid = spawn_clone(request->clone_args, request->clone_args_size, request);
	if (pid < 0) {
		request->call = SPAWN_CLONE;
		request->error = (u64)-pid;
	}
	return pid;
}
