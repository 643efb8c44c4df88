/** The {@code berth} command; one class for each verb, and one for each thing that verbs share. */
@NullMarked
package dev.berth.cli;

import org.jspecify.annotations.NullMarked;
