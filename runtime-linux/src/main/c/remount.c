/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to what is mounted already. */
#include "mount.h"
#include "path.h"

long find_mount(struct stub *stub, struct fields *fields)
{
	u64 slot = next_number(fields);
	const char *path = next_string(fields);
	long mount = path_open(stub, path, O_PATH, 0);
	struct statx status;
	long result;

	if (mount < 0)
		return mount;
	result = called(&stub->reports, "statx", path, path_status((int)mount, &status));
	if (result < 0)
		return result;
	if (!(status.stx_attributes & STATX_ATTR_MOUNT_ROOT)) {
		report_instead(&stub->reports, "nothing is mounted there");
		return -EINVAL;
	}
	return slot_put(stub, slot, mount);
}

long reconfigure(struct stub *stub, struct fields *fields)
{
	int mount = slot_get(stub, next_number(fields));
	u64 options = next_number(fields);
	long context = called(&stub->reports, "fspick", 0,
			      sys(fspick, mount, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
	long result = 0;

	if (context < 0)
		return context;
	for (; options && result >= 0; options--)
		result = file_system_set(stub, (int)context, next_string(fields));
	if (result >= 0)
		result = called(&stub->reports, "fsconfig", "FSCONFIG_CMD_RECONFIGURE",
				sys(fsconfig, context, FSCONFIG_CMD_RECONFIGURE, 0, 0, 0));
	return file_system_close(stub, (int)context, result);
}
