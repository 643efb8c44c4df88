package dev.berth.spec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An integer that the specification has as {@code uint16}, {@code uint32} or {@code uint64}.
 *
 * <p>One of 64 bits is held exactly, in the bits of a {@code long}: 18446744073709551615 is {@code
 * -1L}, see {@link Long#toUnsignedString(long)} and {@link Long#compareUnsigned(long, long)}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Unsigned {
  /** Its width in bits: 16, 32 or 64. */
  int value();
}
