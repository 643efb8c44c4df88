package dev.berth.cli;

/** What {@code --format} of {@code list} and {@code ps} takes. */
enum OutputFormat {
  TABLE,
  JSON
}
