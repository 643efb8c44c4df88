/** Profiles of seccomp(2) as programs of classic BPF. */
@NullMarked
package dev.berth.core.seccomp;

import org.jspecify.annotations.NullMarked;
