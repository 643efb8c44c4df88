package dev.berth.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code process.user}: whom the program runs as, in ids of the container (config.md, "User").
 *
 * @param uid user id; 0 unless given
 * @param gid group id; 0 unless given
 * @param umask permission bits that new files do not get; {@code null} leaves it to the runtime,
 *     which sets 022
 * @param additionalGids further groups, and the only ones: none of the runtime's own are kept
 */
public record User(
    @Unsigned(32) long uid,
    @Unsigned(32) long gid,
    @Unsigned(32) @Nullable Long umask,
    @Unsigned(32) List<Long> additionalGids) {
  /** User and group 0 of the container. */
  public static final User ROOT = new User(0, 0);

  /** Copies the list. */
  public User {
    additionalGids = Absent.asEmpty(additionalGids);
  }

  /** A user with one group and the umask that the runtime chooses. */
  public User(long uid, long gid) {
    this(uid, gid, null, List.of());
  }
}
