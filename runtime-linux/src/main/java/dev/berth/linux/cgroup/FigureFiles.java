package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupFiles;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what is counted for a cgroup; nothing is, where it is gone. */
record FigureFiles(List<CgroupDirectory> directories) implements CgroupFiles {

  /** Pressure has files also where the kernel was started with {@code psi=0}. */
  private static final Set<Errno> NOT_COUNTED =
      EnumSet.of(Errno.ENOENT, Errno.ENODEV, Errno.EOPNOTSUPP);

  @Override
  public Optional<String> read(String controller, String file) throws SyscallException {
    for (CgroupDirectory directory : directories) {
      Hierarchy hierarchy = directory.hierarchy();
      boolean isMeant =
          controller.equals(UNIFIED) ? hierarchy.mount().isUnified() : hierarchy.has(controller);
      if (isMeant) {
        return read(directory, file);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> read(CgroupDirectory directory, String file)
      throws SyscallException {
    try {
      return Optional.of(directory.hierarchy().read(directory.fromRoot(), file));
    } catch (SyscallException e) {
      if (NOT_COUNTED.contains(e.errno())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public List<String> hugepageSizes() {
    return HugePages.SIZES;
  }
}
