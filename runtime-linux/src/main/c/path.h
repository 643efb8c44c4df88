/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside the container's root. All return a descriptor or a negative errno; none ever leaves
 * the root. `resolve` is further RESOLVE_* flags, `flags` and `mode` are those of open(2).
 */
#pragma once

#include "stub.h"

/* Opens what is there. */
long path_open(struct stub *stub, const char *path, u64 flags, u64 resolve);

/*
 * Opens (O_PATH) what is there, or what it has made: a directory or an empty file, as `mode` says,
 * and the directories on the way to it.
 */
long path_make(struct stub *stub, const char *path, u32 mode, u64 resolve);

/*
 * Opens (O_PATH) the directory that `path` is an entry of, made if it is missing. *name is the
 * entry's name in it, a part of `path`; not resolved, and never "." or "..".
 */
long path_parent(struct stub *stub, const char *path, const char **name);

/* What an O_PATH descriptor stands for. */
long path_status(int descriptor, struct statx *status);
