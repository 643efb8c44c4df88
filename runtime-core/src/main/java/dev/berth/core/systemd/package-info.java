/** Groups of the systemd file system: shares of caches and of memory bandwidth. */
@NullMarked
package dev.berth.core.systemd;

import org.jspecify.annotations.NullMarked;
