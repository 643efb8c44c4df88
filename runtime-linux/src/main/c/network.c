/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network devices, in the network namespace that the process has come to.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>

#include "path.h"
#include "text.h"

#define AF_NETLINK   16
#define SOCK_RAW     3

/* struct ifreq, as far as it matters: <linux/if.h> needs a libc's <sys/socket.h>. */
struct interface_request {
	char name[16];
	short flags;
	char rest[22];
};

_Static_assert(sizeof(struct interface_request) == 40, "the kernel writes all of a struct ifreq");

#define IFF_UP 1

/*
 * lo in a new namespace has no flag that SIOCSIFFLAGS could take away, so there is no need to ask
 * for them first. Any socket would do; AF_INET is the one that answers with an error that means
 * something where the kernel has no IPv4: there is no loopback address then either.
 */
long bring_loopback_up(struct stub *stub)
{
	struct interface_request request = {.name = "lo", .flags = IFF_UP};
	long socket = sys(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	long result;

	if (socket < 0)
		return called(&stub->reports, "socket", "AF_INET", socket);
	result = sys(ioctl, socket, SIOCSIFFLAGS, &request);
	sys(close, socket);
	return called(&stub->reports, "ioctl", "SIOCSIFFLAGS", result);
}

/* Before a device moves: one that finds its name taken on arrival is in the container already. */
long require_free_name(struct stub *stub, struct fields *fields)
{
	const char *name = next_string(fields);
	struct interface_request request = {0};
	long socket, result;

	if (text_copy(request.name, sizeof(request.name), name) < 0)
		return -ENAMETOOLONG;
	socket = sys(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (socket < 0)
		return called(&stub->reports, "socket", "AF_INET", socket);
	result = sys(ioctl, socket, SIOCGIFINDEX, &request);
	sys(close, socket);
	if (result == -ENODEV)
		return 0;
	return called(&stub->reports, "ioctl", "SIOCGIFINDEX", result < 0 ? result : -EEXIST);
}

static const char *message_name(const struct nlmsghdr *message)
{
	return message->nlmsg_type == RTM_NEWADDR ? "RTM_NEWADDR" : "RTM_SETLINK";
}

static long send_message(struct stub *stub, long socket, const struct nlmsghdr *message)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char request[1024]; /* which comes back where it was refused */
	} answer;
	long result = sys(sendto, socket, message, message->nlmsg_len, 0, 0, 0);

	if (result >= 0)
		result = sys(recvfrom, socket, &answer, sizeof(answer), 0, 0, 0);
	if (result >= 0)
		result = result < (long)(sizeof(answer.header) + sizeof(answer.error.error)) ||
					 answer.header.nlmsg_type != NLMSG_ERROR
				 ? -EPROTO
				 : answer.error.error;
	return called(&stub->reports, "sendto", message_name(message), result);
}

static long send_all(struct stub *stub, const char *messages, u64 size)
{
	long socket = sys(socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	long result = 0;

	if (socket < 0)
		return called(&stub->reports, "socket", "AF_NETLINK", socket);
	while (size && result >= 0) {
		const struct nlmsghdr *message = (const struct nlmsghdr *)messages;
		u64 length = size < NLMSG_HDRLEN ? 0 : NLMSG_ALIGN((u64)message->nlmsg_len);

		if (length < NLMSG_HDRLEN || length > size) {
			result = -EPROTO;
		} else {
			result = send_message(stub, socket, message);
			messages += length;
			size -= length;
		}
	}
	sys(close, socket);
	return result;
}

long send_netlink(struct stub *stub, struct fields *fields)
{
	int file = slot_get(stub, next_number(fields));
	struct statx status = {0};
	long result = path_status(file, &status);
	char *messages;

	if (result < 0)
		return called(&stub->reports, "statx", "messages", result);
	if (!status.stx_size)
		return -EINVAL;
	messages = allocate(status.stx_size);
	if (!messages)
		return called(&stub->reports, "mmap", 0, -ENOMEM);
	result = sys(pread64, file, messages, status.stx_size, 0);
	if (result < 0)
		return called(&stub->reports, "pread64", "messages", result);
	return send_all(stub, messages, (u64)result);
}
