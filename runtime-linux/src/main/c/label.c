/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels of the security modules, AppArmor and SELinux, for what this process makes, or becomes.
 */
#include "procfs.h"

long set_key_label(struct stub *stub, struct fields *fields)
{
	return procfs_write(stub, "/proc/self/attr/keycreate", next_string(fields));
}

long set_selinux_label(struct stub *stub, struct fields *fields)
{
	return procfs_write(stub, "/proc/self/attr/exec", next_string(fields));
}

/* Files of AppArmor's own are there where the kernel can have several modules, Linux 5.1 and later. */
long set_apparmor_profile(struct stub *stub, struct fields *fields)
{
	const char *profile = next_string(fields);
	long result = procfs_write(stub, "/proc/self/attr/apparmor/exec", profile);

	return result == -ENOENT ? procfs_write(stub, "/proc/self/attr/exec", profile) : result;
}
