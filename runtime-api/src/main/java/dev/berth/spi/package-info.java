/** What a platform implements to run containers, found by {@link java.util.ServiceLoader}. */
@NullMarked
package dev.berth.spi;

import org.jspecify.annotations.NullMarked;
