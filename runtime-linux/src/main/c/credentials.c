/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials: user and group ids, and the five sets of capabilities.
 */
#include <linux/capability.h>
#include <linux/prctl.h>

#include "stub.h"

#define CAPABILITIES 64

/* For setres[ug]id, -1 means "leave as it is": such an id would silently stay that of root. */
#define ID_MAX 0xfffffffeul

static int contains(u64 set, u64 capability)
{
	return set >> capability & 1;
}

long set_bounding_set(struct fields *fields)
{
	u64 kept = next_number(fields);

	for (u64 capability = 0; capability < CAPABILITIES; capability++) {
		long result;

		if (contains(kept, capability))
			continue;
		result = sys(prctl, PR_CAPBSET_DROP, capability);
		if (result == -EINVAL)
			break; /* past the last one that this kernel has */
		if (result < 0)
			return result;
	}
	return 0;
}

long set_groups(struct fields *fields)
{
	u64 count = next_number(fields);
	u32 *groups = count ? allocate(count * sizeof(*groups)) : 0;

	if (count && !groups)
		return -ENOMEM;
	for (u64 i = 0; i < count; i++) {
		u64 group = next_number(fields);

		if (group > ID_MAX)
			return -EINVAL;
		groups[i] = (u32)group;
	}
	return sys(setgroups, count, groups);
}

/* EPERM: in this user namespace nobody drops a group, which may be there to deny access. */
long try_drop_groups(void)
{
	long result = sys(setgroups, 0, 0);

	return result == -EPERM ? 0 : result;
}

long set_group_id(struct fields *fields)
{
	u64 id = next_number(fields);

	return id > ID_MAX ? -EINVAL : sys(setresgid, id, id, id);
}

long set_user_id(struct fields *fields)
{
	u64 id = next_number(fields);

	return id > ID_MAX ? -EINVAL : sys(setresuid, id, id, id);
}

static long set_ambient(struct stub *stub, u64 set)
{
	long result = sys(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

	for (u64 capability = 0; capability < CAPABILITIES && result >= 0; capability++)
		if (contains(set, capability))
			result = sys(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
	return called(&stub->reports, "prctl", "PR_CAP_AMBIENT", result);
}

long set_capabilities(struct stub *stub, struct fields *fields)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	u64 effective = next_number(fields);
	u64 permitted = next_number(fields);
	u64 inheritable = next_number(fields);
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
	long result;

	for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++) {
		sets[word].effective = (u32)(effective >> 32 * word);
		sets[word].permitted = (u32)(permitted >> 32 * word);
		sets[word].inheritable = (u32)(inheritable >> 32 * word);
	}
	result = called(&stub->reports, "capset", 0, sys(capset, &header, sets));
	return result < 0 ? result : set_ambient(stub, next_number(fields));
}
