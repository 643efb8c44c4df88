/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries in the container's root: directories, devices, links.
 *
 * They are made in a directory that path.c has opened, so that an image whose /dev is a link to
 * somewhere gets its devices somewhere in the image (CVE-2026-41579).
 */
#include "path.h"

long make_directory(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	u32 mode = (u32)next_number(fields);
	long directory = path_make(stub, path, S_IFDIR | mode, 0);

	if (directory < 0)
		return directory;
	return sys(close, directory);
}

struct device {
	u32 kind;
	u32 major;
	u32 minor;
	u32 mode;
	u32 uid;
	u32 gid;
};

static struct device next_device(struct fields *fields)
{
	struct device device;

	device.kind = (u32)next_number(fields);
	device.major = (u32)next_number(fields);
	device.minor = (u32)next_number(fields);
	device.mode = (u32)next_number(fields);
	device.uid = (u32)next_number(fields);
	device.gid = (u32)next_number(fields);
	return device;
}

static int is_device(const struct statx *status, const struct device *device)
{
	if ((status->stx_mode & S_IFMT) != device->kind)
		return 0;
	return device->kind == S_IFIFO ||
	       (status->stx_rdev_major == device->major && status->stx_rdev_minor == device->minor);
}

/* dev_t as mknod(2) takes it; the kernel cuts longer numbers short without a word. */
static long device_number(const struct device *device)
{
	if (device->major > 0xfff || device->minor > 0xfffff)
		return -EINVAL;
	return (long)((device->minor & 0xff) | device->major << 8 | (device->minor & ~0xffu) << 12);
}

/* Whether made just now or found: it must be the device that was asked for, and no link to one. */
static long settle_device(struct stub *stub, int parent, const char *name, const char *path,
			  const struct device *device, int made)
{
	struct statx status;
	long result;
	long node = called(&stub->reports, "openat", path,
			   sys(openat, parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));

	if (node < 0)
		return node;
	result = called(&stub->reports, "statx", path, path_status((int)node, &status));
	if (result >= 0 && !is_device(&status, device)) {
		result = called(&stub->reports, "mknodat", path, -EEXIST);
		explain(&stub->reports, ": is something else");
	} else if (made && (status.stx_uid != device->uid || status.stx_gid != device->gid)) {
		result = called(&stub->reports, "fchownat", path,
				sys(fchownat, node, "", device->uid, device->gid, AT_EMPTY_PATH));
	}
	sys(close, node);
	return result;
}

long require_device(struct stub *stub, struct fields *fields)
{
	int node = slot_get(stub, next_number(fields));
	struct device device = {0};
	struct statx status;
	long result;

	device.kind = (u32)next_number(fields);
	device.major = (u32)next_number(fields);
	device.minor = (u32)next_number(fields);
	result = called(&stub->reports, "statx", 0, path_status(node, &status));
	if (result >= 0 && !is_device(&status, &device)) {
		report_instead(&stub->reports, "is something else");
		return -EINVAL;
	}
	return result;
}

long make_device(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	struct device device = next_device(fields);
	long number = device_number(&device);
	const char *name;
	long parent, result;

	if (number < 0)
		return number;
	parent = path_parent(stub, path, &name);
	if (parent < 0)
		return parent;
	result = called(&stub->reports, "mknodat", path,
			sys(mknodat, parent, name, device.kind | device.mode, number));
	if (result >= 0 || result == -EEXIST)
		result = settle_device(stub, (int)parent, name, path, &device, result >= 0);
	sys(close, parent);
	return result;
}

long make_symlink(struct stub *stub, struct fields *fields)
{
	const char *path = next_string(fields);
	const char *content = next_string(fields);
	const char *name;
	long parent = path_parent(stub, path, &name);
	long result;

	if (parent < 0)
		return parent;
	result = called(&stub->reports, "symlinkat", path, sys(symlinkat, content, parent, name));
	sys(close, parent);
	return result == -EEXIST ? 0 : result;
}
