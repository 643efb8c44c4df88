package dev.berth.quickstart;

final class Quickstart {
  private Quickstart() {}

  public static void main(String[] args) {
    System.out.println("quickstart: " + String.join(" ", args));
  }
}
