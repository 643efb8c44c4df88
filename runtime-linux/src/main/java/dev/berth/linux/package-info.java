/** The runtime for Linux. */
@NullMarked
package dev.berth.linux;

import org.jspecify.annotations.NullMarked;
