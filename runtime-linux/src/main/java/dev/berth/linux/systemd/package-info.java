/**
 * systemd, asked by D-Bus through its own library, libsystemd. Nothing of it is loaded before a
 * container needs it.
 */
@NullMarked
package dev.berth.linux.systemd;

import org.jspecify.annotations.NullMarked;
