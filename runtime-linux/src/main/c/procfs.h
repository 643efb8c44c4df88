/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of /proc, through the procfs that OPEN_PROCFS has opened: the only way in which a step
 * writes to one.
 */
#pragma once

#include "stub.h"

/* `path` begins with "/proc/". A value of which the kernel takes only a part is EINVAL. */
long procfs_write(struct stub *stub, const char *path, const char *value);

/* The same, where the file then says what was written: anything else is an error. */
long procfs_set(struct stub *stub, const char *path, const char *value);
