/** Containers as Java objects: what a program imports to run one. */
@NullMarked
package dev.berth;

import org.jspecify.annotations.NullMarked;
