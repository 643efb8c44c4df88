/** The OCI runtime specification's {@code config.json} as records. */
@NullMarked
package dev.berth.spec;

import org.jspecify.annotations.NullMarked;
