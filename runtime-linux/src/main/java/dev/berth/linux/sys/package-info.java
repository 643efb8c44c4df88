/** System calls: the only code that leaves the JVM. */
@NullMarked
package dev.berth.linux.sys;

import org.jspecify.annotations.NullMarked;
