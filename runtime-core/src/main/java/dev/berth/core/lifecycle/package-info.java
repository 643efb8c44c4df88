/** Which operation is allowed in which state. */
@NullMarked
package dev.berth.core.lifecycle;

import org.jspecify.annotations.NullMarked;
