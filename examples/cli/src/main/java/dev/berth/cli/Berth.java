package dev.berth.cli;

final class Berth {
  private Berth() {}

  public static void main(String[] args) {
    System.out.println("cli: " + String.join(" ", args));
  }
}
