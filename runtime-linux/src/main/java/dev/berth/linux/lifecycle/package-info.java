/** What can be done to a container, one class an operation; runtime-spec, "Operations". */
@NullMarked
package dev.berth.linux.lifecycle;

import org.jspecify.annotations.NullMarked;
