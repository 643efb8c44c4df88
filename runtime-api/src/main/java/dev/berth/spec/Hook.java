package dev.berth.spec;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A program to run at a point of a container's life (config.md, "POSIX-platform Hooks").
 *
 * @param path the program, absolute
 * @param args its arguments, with {@code argv[0]}; empty for the path alone
 * @param env its environment, each {@code NAME=value}
 * @param timeout after how many seconds it is killed; {@code null} for never
 */
public record Hook(
    @Required String path, List<String> args, List<String> env, @Nullable Integer timeout) {
  /** Copies the lists. */
  public Hook {
    Objects.requireNonNull(path, "path");
    args = Absent.asEmpty(args);
    env = Absent.asEmpty(env);
  }
}
