package dev.berth.core.cgroup;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files of a cgroup that a test has written. */
final class WrittenFiles implements CgroupContents {
  private final Map<String, String> contents = new HashMap<>();

  WrittenFiles with(String controller, String file, String content) {
    contents.put(controller + "/" + file, content);
    return this;
  }

  @Override
  public Optional<String> read(String controller, String file) {
    return Optional.ofNullable(contents.get(controller + "/" + file));
  }

  @Override
  public List<String> files(String controller) {
    String prefix = controller + "/";
    return contents.keySet().stream()
        .filter(file -> file.startsWith(prefix))
        .map(file -> file.substring(prefix.length()))
        .toList();
  }
}
