package dev.berth.bench;

final class Bench {
  private Bench() {}

  public static void main(String[] args) {
    System.out.println("bench: " + String.join(" ", args));
  }
}
