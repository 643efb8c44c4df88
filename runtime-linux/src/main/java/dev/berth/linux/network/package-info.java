/** Network devices of the host, for containers. */
@NullMarked
package dev.berth.linux.network;

import org.jspecify.annotations.NullMarked;
