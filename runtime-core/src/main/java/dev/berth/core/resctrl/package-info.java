/** Groups of the resctrl file system: shares of caches and of memory bandwidth. */
@NullMarked
package dev.berth.core.resctrl;

import org.jspecify.annotations.NullMarked;
