/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that steps about mounts are made of. `object` is what an error names. */
#pragma once

#include <linux/mount.h>

#include "stub.h"

#define MNT_DETACH 2

/* A new file system, as yet without options; returns its context, that of fsopen(2). */
long file_system_open(struct stub *stub, const char *type);

/* "name" or "name=value" */
long file_system_set(struct stub *stub, int context, const char *option);

/* Returns the detached mount. */
long file_system_mount(struct stub *stub, int context, const char *type, u64 attributes);

/* Closes the context; where `result` is an error, explains it in the file system's own words. */
long file_system_close(struct stub *stub, int context, long result);

/* The mounts below come along if `recursive` is AT_RECURSIVE. */
long mount_clone(struct stub *stub, int original, u64 recursive, const char *object);
long mount_set_attributes(int mount, u64 flags, struct mount_attr *attributes);
long mount_make_readonly(struct stub *stub, int mount, const char *object);
long mount_move(struct stub *stub, int mount, int target, const char *object);

/* mask.c: an empty, read-only directory over a directory */
long mount_cover(struct stub *stub, int target, const char *object);
