/** Processes of containers: exit status, streams, signals. */
@NullMarked
package dev.berth.linux.process;

import org.jspecify.annotations.NullMarked;
