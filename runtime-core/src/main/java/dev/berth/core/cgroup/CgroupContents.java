package dev.berth.core.cgroup;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a cgroup has at the moment, in all hierarchies: figures; and what decides which of several
 * files a limit is written to, and what a limit that is changed alone goes together with.
 */
public interface CgroupContents {

  /** Of no cgroup at all. */
  CgroupContents NONE =
      new CgroupContents() {
        @Override
        public Optional<String> read(String controller, String file) {
          return Optional.empty();
        }

        @Override
        public List<String> files(String controller) {
          return List.of();
        }
      };

  /**
   * A cgroup that is not there yet: every file is taken to be there, and to say nothing. Where a
   * limit is written depends on what is found later, but not which controller it needs.
   */
  CgroupContents ASSUMED =
      new CgroupContents() {
        @Override
        public Optional<String> read(String controller, String file) {
          return Optional.of("");
        }

        @Override
        public List<String> files(String controller) {
          return List.of();
        }
      };

  /**
   * What a file says.
   *
   * @param controller that the file belongs to; {@link CgroupWrite#CORE} for any file of cgroup v2
   * @return empty if there is no such file, or nothing is counted in it
   */
  Optional<String> read(String controller, String file) throws IOException;

  /** The names of all files that are beside those of a controller. */
  List<String> files(String controller) throws IOException;
}
