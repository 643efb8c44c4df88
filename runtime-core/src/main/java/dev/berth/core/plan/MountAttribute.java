package dev.berth.core.plan;

import java.util.ArrayList;
import java.util.List;

/** {@code MOUNT_ATTR_*} of mount_setattr(2), and the words that mount(8) has for them. */
final class MountAttribute {
  static final long RDONLY = 0x00000001;
  static final long NOSUID = 0x00000002;
  static final long NODEV = 0x00000004;
  static final long NOEXEC = 0x00000008;
  static final long NODIRATIME = 0x00000080;
  static final long NOSYMFOLLOW = 0x00200000;

  /** Not a bit of its own but a field with one of the three values below. */
  static final long ATIME = 0x00000070;

  static final long RELATIME = 0x00000000;
  static final long NOATIME = 0x00000010;
  static final long STRICTATIME = 0x00000020;

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
  static List<String> words(long set, long clear) {
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
