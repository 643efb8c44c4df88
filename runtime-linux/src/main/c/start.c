/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the kernel enters the stub. The stack pointer is at argc, argv[0], …; stub_main gets it as
 * it is, on a stack that is aligned as a C function expects.
 */
#if defined(__x86_64__)
__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call stub_main\n"
	"	hlt\n");
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	bl stub_main\n"
	"	brk #1\n");
#elif defined(__riscv) && __riscv_xlen == 64
__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	".option push\n"
	".option norelax\n" /* or the linker makes it gp = gp */
	"	la gp, __global_pointer$\n"
	".option pop\n"
	"	li s0, 0\n"
	"	li ra, 0\n"
	"	mv a0, sp\n"
	"	andi sp, sp, -16\n"
	"	call stub_main\n"
	"	ebreak\n");
#else
#error "no entry for this architecture"
#endif
