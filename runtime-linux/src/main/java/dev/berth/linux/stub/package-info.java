/** Encodes plans for the stub, starts it, and understands what it reports. */
@NullMarked
package dev.berth.linux.stub;

import org.jspecify.annotations.NullMarked;
