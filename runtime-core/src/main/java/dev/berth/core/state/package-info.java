/** What is remembered of a container between processes. */
@NullMarked
package dev.berth.core.state;

import org.jspecify.annotations.NullMarked;
