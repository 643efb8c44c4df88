/** Compiles a specification to the list of steps that makes its container. */
@NullMarked
package dev.berth.core.plan;

import org.jspecify.annotations.NullMarked;
