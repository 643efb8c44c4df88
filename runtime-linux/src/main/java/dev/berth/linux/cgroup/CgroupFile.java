package dev.berth.linux.cgroup;

import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.util.Optional;

/** A file of a cgroup that the kernel changes, and tells inotify(7) when it does. */
public final class CgroupFile {
  private final Hierarchy hierarchy;
  private final String cgroup;
  private final String name;

  CgroupFile(Hierarchy hierarchy, String cgroup, String name) {
    this.hierarchy = hierarchy;
    this.cgroup = cgroup;
    this.name = name;
  }

  /** The file, {@code O_PATH}; empty if there is no such file, or no longer. */
  public Optional<Fd> open() throws CgroupException {
    return ifThere(() -> hierarchy.open(cgroup + "/" + name, Directories.O_PATH));
  }

  /** What is in it; empty if there is no such file, or no longer. */
  public Optional<String> read() throws CgroupException {
    return ifThere(() -> hierarchy.read(cgroup, name));
  }

  private interface Call<T> {
    T call() throws SyscallException;
  }

  private <T> Optional<T> ifThere(Call<T> call) throws CgroupException {
    try {
      return Optional.of(call.call());
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return Optional.empty();
      }
      throw new CgroupException("cgroup \"%s\": read %s".formatted(cgroup, name), e);
    }
  }
}
