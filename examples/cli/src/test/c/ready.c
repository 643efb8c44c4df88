/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service does when it is ready, sd_notify(3), without a library; then it waits for SIGTERM
 * or, if it has an argument, ends.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int tell(const char *message)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	int socket_ = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (!path || socket_ < 0)
		return 1;
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	return sendto(socket_, message, strlen(message), 0, (struct sockaddr *)&address,
		      sizeof(address)) < 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (tell("STATUS=Still at it") || tell("STATUS=Done\nREADY=1"))
		return 1;
	if (argc == 1)
		pause();
	return 0;
}
