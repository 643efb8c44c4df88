/** The kernel's strings, which are bytes, as strings of Java, and back. */
@NullMarked
package dev.berth.core.text;

import org.jspecify.annotations.NullMarked;
