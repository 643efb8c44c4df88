/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of /proc, through the procfs that OPEN_PROCFS has opened: the only way in which a step
 * writes to one.
 */
#pragma once

#include "stub.h"

/*
 * Writes `value` to `path`, which begins with "/proc/", and reads it back where that can be done. A
 * value that made no difference, or whose last words were not taken, is an error, whatever write(2)
 * said.
 */
long procfs_write(struct stub *stub, const char *path, const char *value);
