/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stub DIRECTORY: the stub end to end, in hand-made programs, real namespaces, and a root made
 * of busybox. DIRECTORY has the files stub and spawn. Prints "N passed, N failed".
 */
#include <stdio.h>
#include <unistd.h>

#include "container.h"

#define SKIPPED 77

int main(int argc, char **argv)
{
	int passed, failed;

	if (argc != 2) {
		fprintf(stderr, "usage: test_stub DIRECTORY\n");
		return 2;
	}
	if (geteuid() || access("/bin/busybox", X_OK)) {
		printf("test_stub: skipped, needs root and a static /bin/busybox\n");
		return SKIPPED;
	}
	driver_load(argv[1]);
	make_home();
	run_tests(protocol_tests);
	run_tests(container_tests);
	run_tests(path_tests);
	run_tests(mount_tests);
	run_tests(procfs_tests);
	run_tests(hook_tests);
	passed_and_failed(&passed, &failed);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
