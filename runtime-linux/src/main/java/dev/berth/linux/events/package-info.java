/** What happens to containers, told to those who subscribe. */
@NullMarked
package dev.berth.linux.events;

import org.jspecify.annotations.NullMarked;
