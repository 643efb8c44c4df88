/* SPDX-License-Identifier: Apache-2.0 */
/*
 * malloc(3) with a guard behind every block: a write behind a block ends the program when the block
 * is freed. To be preloaded. Blocks of other functions, such as posix_memalign(3), have no guard.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GUARD_SIZE 512
#define GUARD_BYTE 0xa5
#define MAGIC	   0x6775617264656421ul

struct header {
	uint64_t magic;
	size_t size;
};

void *__libc_malloc(size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static struct header *header_of(void *block)
{
	struct header *header = (struct header *)block - 1;

	return header->magic == MAGIC ? header : 0;
}

static void check(const struct header *header)
{
	static const char message[] = "written behind a block of malloc\n";
	const unsigned char *guard = (const unsigned char *)(header + 1) + header->size;

	for (int i = 0; i < GUARD_SIZE; i++) {
		if (guard[i] != GUARD_BYTE) {
			if (write(2, message, sizeof(message) - 1) < 0)
				_exit(2);
			_exit(1);
		}
	}
}

void *malloc(size_t size)
{
	struct header *header;

	if (size > SIZE_MAX - sizeof(*header) - GUARD_SIZE)
		return 0;
	header = __libc_malloc(sizeof(*header) + size + GUARD_SIZE);
	if (!header)
		return 0;
	header->magic = MAGIC;
	header->size = size;
	memset((unsigned char *)(header + 1) + size, GUARD_BYTE, GUARD_SIZE);
	return header + 1;
}

void free(void *block)
{
	struct header *header = block ? header_of(block) : 0;

	if (!header) {
		__libc_free(block);
		return;
	}
	check(header);
	header->magic = 0;
	__libc_free(header);
}

void *calloc(size_t count, size_t size)
{
	size_t total;
	void *block;

	if (__builtin_mul_overflow(count, size, &total))
		return 0;
	block = malloc(total);
	return block ? memset(block, 0, total) : 0;
}

void *realloc(void *block, size_t size)
{
	struct header *header = block ? header_of(block) : 0;
	void *other;

	if (block && !header)
		return __libc_realloc(block, size);
	other = malloc(size);
	if (other && header) {
		memcpy(other, block, size < header->size ? size : header->size);
		free(block);
	}
	return other;
}

size_t malloc_usable_size(void *block)
{
	struct header *header = block ? header_of(block) : 0;

	return header ? header->size : 0;
}
