/* SPDX-License-Identifier: Apache-2.0 */
/* The program in the containers: ends at once or, with any argument, only when it is killed. */
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	return argc == 1 ? 0 : pause();
}
