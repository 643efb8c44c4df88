/** What a container is to systemd: a unit, a slice, and limits in systemd's words. */
@NullMarked
package dev.berth.core.systemd;

import org.jspecify.annotations.NullMarked;
