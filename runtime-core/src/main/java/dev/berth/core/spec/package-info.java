/** Reads, completes and checks {@code config.json}. */
@NullMarked
package dev.berth.core.spec;

import org.jspecify.annotations.NullMarked;
