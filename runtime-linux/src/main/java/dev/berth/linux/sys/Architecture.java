package dev.berth.linux.sys;

import dev.berth.UnsupportedFeatureException;

/**
 * The machines that Berth has numbers and a stub for; they differ where the kernel's headers do.
 */
public enum Architecture {
  X86_64("amd64", 0x1_0000, 0x2_0000),
  AARCH64("aarch64", 0x4000, 0x8000),
  RISCV64("riscv64", 0x1_0000, 0x2_0000);

  private final String osArch;
  private final int directoryFlag;
  private final int noFollowFlag;

  Architecture(String osArch, int directoryFlag, int noFollowFlag) {
    this.osArch = osArch;
    this.directoryFlag = directoryFlag;
    this.noFollowFlag = noFollowFlag;
  }

  /** The machine that this JVM runs on. */
  public static Architecture current() {
    return Current.VALUE;
  }

  /**
   * The architecture that the JDK calls {@code osArch}.
   *
   * @throws UnsupportedFeatureException if Berth has none of that name
   */
  static Architecture named(String osArch) {
    for (Architecture architecture : values()) {
      if (architecture.osArch.equals(osArch)) {
        return architecture;
      }
    }
    throw new UnsupportedFeatureException(
        "architecture \"%s\" is not supported; amd64, aarch64 and riscv64 are".formatted(osArch));
  }

  /** As the system property {@code os.arch} has it. */
  public String osArch() {
    return osArch;
  }

  int directoryFlag() {
    return directoryFlag;
  }

  int noFollowFlag() {
    return noFollowFlag;
  }

  /** Not a field of the enum: an unknown machine must not break the enum's initialisation. */
  private static final class Current {
    static final Architecture VALUE = named(System.getProperty("os.arch", ""));
  }
}
