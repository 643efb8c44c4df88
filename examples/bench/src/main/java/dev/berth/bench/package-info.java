/** Measures what a container costs. */
@NullMarked
package dev.berth.bench;

import org.jspecify.annotations.NullMarked;
