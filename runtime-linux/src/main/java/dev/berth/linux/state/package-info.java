/** The state directories: what containers leave on disk, for any program with the same root. */
@NullMarked
package dev.berth.linux.state;

import org.jspecify.annotations.NullMarked;
