/** Limits as the contents of control group files. */
@NullMarked
package dev.berth.core.cgroup;

import org.jspecify.annotations.NullMarked;
