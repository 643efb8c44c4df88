package dev.berth.core.spec;

import java.util.ArrayList;
import java.util.List;

/** {@code MOUNT_ATTR_*} of mount_setattr(2), and the words that mount(8) has for them. */
public final class MountAttribute {
  /** No writing. */
  public static final long RDONLY = 0x00000001;

  /** Set-user-id bits and file capabilities have no effect. */
  public static final long NOSUID = 0x00000002;

  /** Device nodes cannot be opened. */
  public static final long NODEV = 0x00000004;

  /** No program can be executed. */
  public static final long NOEXEC = 0x00000008;

  /** The access time of directories stays as it is. */
  public static final long NODIRATIME = 0x00000080;

  /** Symbolic links are not followed; Linux 5.14. */
  public static final long NOSYMFOLLOW = 0x00200000;

  /** Not a bit of its own but a field with one of the three values below. */
  public static final long ATIME = 0x00000070;

  /** The access time is kept up now and then: what Linux does unless told otherwise. */
  public static final long RELATIME = 0x00000000;

  /** The access time stays as it is. */
  public static final long NOATIME = 0x00000010;

  /** Every access is recorded. */
  public static final long STRICTATIME = 0x00000020;

  private static final List<Word> WORDS =
      List.of(
          new Word(RDONLY, "ro", "rw"),
          new Word(NOSUID, "nosuid", "suid"),
          new Word(NODEV, "nodev", "dev"),
          new Word(NOEXEC, "noexec", "exec"),
          new Word(NODIRATIME, "nodiratime", "diratime"),
          new Word(NOSYMFOLLOW, "nosymfollow", "symfollow"),
          new Word(NOATIME, "noatime", ""),
          new Word(STRICTATIME, "strictatime", ""));

  private MountAttribute() {}

  /** The options of mount(8) that say the same. */
  public static List<String> words(long set, long clear) {
    List<String> words = new ArrayList<>();
    for (Word word : WORDS) {
      if ((set & word.attribute) != 0) {
        words.add(word.set);
      } else if ((clear & word.attribute) != 0 && !word.cleared.isEmpty()) {
        words.add(word.cleared);
      }
    }
    if ((clear & ATIME) != 0 && (set & ATIME) == RELATIME) {
      words.add("relatime");
    }
    return words;
  }

  private record Word(long attribute, String set, String cleared) {}
}
