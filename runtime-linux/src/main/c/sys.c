/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a program enters the kernel: from the registers of a C call to those of a system call.
 */
#if defined(__x86_64__)
__asm__(".text\n"
	".globl system_call\n"
	"system_call:\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %r10\n"
	"	mov %r9, %r8\n"
	"	mov 8(%rsp), %r9\n"
	"	syscall\n"
	"	ret\n");
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl system_call\n"
	"system_call:\n"
	"	mov x8, x0\n"
	"	mov x0, x1\n"
	"	mov x1, x2\n"
	"	mov x2, x3\n"
	"	mov x3, x4\n"
	"	mov x4, x5\n"
	"	mov x5, x6\n"
	"	svc #0\n"
	"	ret\n");
#elif defined(__riscv) && __riscv_xlen == 64
__asm__(".text\n"
	".globl system_call\n"
	"system_call:\n"
	"	mv a7, a0\n"
	"	mv a0, a1\n"
	"	mv a1, a2\n"
	"	mv a2, a3\n"
	"	mv a3, a4\n"
	"	mv a4, a5\n"
	"	mv a5, a6\n"
	"	ecall\n"
	"	ret\n");
#else
#error "no entry for this architecture"
#endif
