/** Running processes: their streams, their end, and the one thread that waits for both. */
@NullMarked
package dev.berth.linux.process;

import org.jspecify.annotations.NullMarked;
