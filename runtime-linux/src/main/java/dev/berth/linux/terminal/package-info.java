/** The terminal of the host program, for those programs that hand it to a process. */
@NullMarked
package dev.berth.linux.terminal;

import org.jspecify.annotations.NullMarked;
