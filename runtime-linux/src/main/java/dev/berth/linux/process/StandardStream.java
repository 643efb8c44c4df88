package dev.berth.linux.process;

/** Standard input, output and error, in the order of their descriptors. */
enum StandardStream {
  INPUT(0, "standard input", "from"),
  OUTPUT(1, "standard output", "to"),
  ERROR(2, "standard error", "to");

  private final int number;
  private final String text;
  private final String preposition;

  StandardStream(int number, String text, String preposition) {
    this.number = number;
    this.text = text;
    this.preposition = preposition;
  }

  /** Its descriptor, in every process. */
  int number() {
    return number;
  }

  /** {@code redirect standard output to X}, as an error begins. */
  String redirected(String target) {
    return "redirect %s %s %s".formatted(text, preposition, target);
  }

  /** {@code standard output}. */
  @Override
  public String toString() {
    return text;
  }
}
