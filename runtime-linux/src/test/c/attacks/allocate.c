/* allocate MIB: takes so much memory. allocate children: for each line on standard input, which is a number of MiB, a child that does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int take(const char *mib)
{
	size_t size = strtoul(mib, NULL, 10) << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return 1;
	for (size_t at = 0; at < size; at += 4096)
		((volatile char *)memory)[at] = 1;
	return 0;
}

int main(int argc, char **argv)
{
	char line[32];
	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "children") != 0)
		return take(argv[1]);
	while (fgets(line, sizeof(line), stdin)) {
		pid_t child = fork();
		if (child == 0)
			_exit(take(line));
		waitpid(child, NULL, 0);
	}
	return 0;
}
