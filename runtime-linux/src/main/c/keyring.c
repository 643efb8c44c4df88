/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session keyring: what the runtime's has is not for the container, and what a process of the
 * container puts into its own, the others find.
 */
#include <linux/keyctl.h>

#include "stub.h"

/*
 * All for whoever has it for his session's; for its user, who is root of the user namespace, to view,
 * to read, to link, and to search, which is what joining takes, and what the kernel leaves out.
 */
#define PERMISSIONS 0x3f1b0000

static long join(struct stub *stub, const char *name)
{
	return called(&stub->reports, "keyctl", "KEYCTL_JOIN_SESSION_KEYRING",
		      sys(keyctl, KEYCTL_JOIN_SESSION_KEYRING, name));
}

long join_keyring(struct stub *stub, struct fields *fields)
{
	long keyring = join(stub, next_string(fields));

	return keyring == -ENOSYS ? 0 : keyring;
}

long make_keyring(struct stub *stub, struct fields *fields)
{
	long keyring = join(stub, next_string(fields));

	if (keyring == -ENOSYS)
		return 0;
	if (keyring < 0)
		return keyring;
	return called(&stub->reports, "keyctl", "KEYCTL_SETPERM",
		      sys(keyctl, KEYCTL_SETPERM, keyring, PERMISSIONS));
}
