package dev.berth.core.cgroup;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The files of one cgroup that is in several hierarchies. */
public interface CgroupFiles {

  /** In place of a controller: the files of cgroup v2 that belong to none, and its controllers'. */
  String UNIFIED = "";

  /** Of no cgroup at all. */
  CgroupFiles NONE =
      new CgroupFiles() {
        @Override
        public Optional<String> read(String controller, String file) {
          return Optional.empty();
        }

        @Override
        public List<String> hugepageSizes() {
          return List.of();
        }
      };

  /**
   * Reads a file.
   *
   * @param controller of cgroup v1, or {@link #UNIFIED}
   * @return empty if there is no such file, or nothing is counted in it
   */
  Optional<String> read(String controller, String file) throws IOException;

  /** The sizes of huge pages that this machine has, as they are in names of files: {@code 2MB}. */
  List<String> hugepageSizes() throws IOException;
}
