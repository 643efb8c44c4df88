package dev.berth.core.plan;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/** Mounts with any options, of known words and of others. */
public final class MountFuzz {
  private static final String[] OPTIONS = {
    "bind",
    "rbind",
    "ro",
    "rw",
    "rro",
    "rrw",
    "nosuid",
    "suid",
    "nodev",
    "noexec",
    "rnoexec",
    "noatime",
    "relatime",
    "strictatime",
    "nostrictatime",
    "ratime",
    "private",
    "rprivate",
    "slave",
    "rslave",
    "shared",
    "rshared",
    "unbindable",
    "runbindable",
    "remount",
    "idmap",
    "ridmap",
    "tmpcopyup",
    "iversion",
    "sync",
    "dirsync",
    "lazytime",
    "mand",
    "silent",
    "defaults",
    "size=64k",
    "mode=755",
    "mode=",
    "uid=0",
    "uid=99999999999999999999",
    "gid=5",
    "gid=-1",
    "lowerdir=/a:/b",
    "upperdir=/u",
    "workdir=/w",
    "newinstance",
    "ptmxmode=0666",
    "=",
    "a=b=c"
  };

  private static final String[] TYPES = {
    "bind", "none", "proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "overlay",
    "ext4"
  };

  private static final String[] PLACES = {
    "/",
    "/proc",
    "/proc/cpuinfo",
    "/proc/self",
    "/sys",
    "/sys/fs/cgroup",
    "/dev",
    "/dev/pts",
    "/tmp",
    "/a/../proc",
    "//dev//",
    "relative",
    ""
  };

  private MountFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    List<Mount> mounts = new ArrayList<>();
    int count = data.consumeInt(1, 4);
    for (int i = 0; i < count; i++) {
      mounts.add(mount(data));
    }
    for (Mount mount : mounts) {
      MountOptions options = MountOptions.of(mount);
      for (MountOptions.Attributes change :
          List.of(options.attributes(), options.recursiveAttributes())) {
        if ((change.set() & ~change.clear()) != 0) {
          throw new AssertionError(mount + " sets what it does not clear: " + change);
        }
      }
    }
    Spec spec = SpecDefaults.spec();
    ConfigFuzz.check(spec.withMounts(mounts));
    ConfigFuzz.check(Plans.withOwnIds(spec.withMounts(mounts)));
  }

  private static Mount mount(FuzzedDataProvider data) {
    String place = word(data, PLACES);
    String type = data.consumeBoolean() ? word(data, TYPES) : null;
    String source = data.consumeBoolean() ? word(data, PLACES) : null;
    List<String> options = new ArrayList<>();
    for (int i = data.consumeInt(0, 6); i > 0; i--) {
      options.add(word(data, OPTIONS));
    }
    return new Mount(place, type, source, options);
  }

  private static String word(FuzzedDataProvider data, String[] words) {
    return data.consumeBoolean() ? data.pickValue(words) : data.consumeString(40);
  }
}
