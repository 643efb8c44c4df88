package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerSetupException;
import dev.berth.core.plan.Hints;
import dev.berth.core.plan.HookKind;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Step;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.lifecycle.NamespaceRefusal.Owner;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.StartFailedException;
import dev.berth.linux.stub.StepFailedException;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/** Words what the kernel, or the stub, has refused. */
final class Failures {
  private Failures() {}

  /** The exception for the caller about a container that there is. */
  static ContainerException of(ContainerId id, IOException cause) {
    return new ContainerException(id.value(), String.valueOf(cause.getMessage()), cause);
  }

  /** The same about one that may have been deleted meanwhile. */
  static ContainerException of(StateRoot root, ContainerId id, IOException cause) {
    return unlessDeleted(root, id, of(id, cause));
  }

  /** About one that is to be changed, with {@code cause} and all that it suppressed. */
  static ContainerException worded(StateRoot root, ContainerId id, IOException cause) {
    return unlessDeleted(root, id, worded(id.value(), cause));
  }

  /** About one that is to be made. */
  static ContainerException worded(String id, IOException cause) {
    return new ContainerSetupException(id, description(cause), cause);
  }

  /**
   * {@code failure}, or that there is no such container: what a deletion has removed meanwhile is
   * why something else was not there.
   */
  static ContainerException unlessDeleted(
      StateRoot root, ContainerId id, ContainerException failure) {
    return isThere(root, id) ? failure : deleted(id, failure);
  }

  /** That the container is not there any more. */
  static ContainerNotFoundException deleted(ContainerId id, Throwable consequence) {
    ContainerNotFoundException deleted = new ContainerNotFoundException(id.value());
    deleted.addSuppressed(consequence);
    return deleted;
  }

  private static boolean isThere(StateRoot root, ContainerId id) {
    try {
      Optional<StateDirectory> found = root.find(id);
      if (found.isEmpty()) {
        return false;
      }
      try (StateDirectory directory = found.get()) {
        return Query.of(directory).isPresent();
      }
    } catch (IOException | UncheckedIOException unknown) {
      return true;
    }
  }

  static String description(IOException cause) {
    IOException explained = ProcessShortage.explained(cause, Optional.empty());
    return explained.getMessage() + hint(explained);
  }

  private static String hint(IOException cause) {
    Optional<String> hint =
        switch (cause) {
          case StepFailedException failed -> hint(failed);
          case StartFailedException failed when failed.hook().isPresent() ->
              Hints.ofHook(HookKind.START_CONTAINER, failed.errno().toString());
          case StartFailedException failed -> Hints.ofExecution(failed.errno().toString());
          case SyscallException failed when failed.call().startsWith("clone3") ->
              ofClone(failed.errno());
          case SyscallException failed -> SystemLimits.hint(failed);
          default -> Optional.empty();
        };
    return hint.map(text -> "; " + text).orElse("");
  }

  /** Of the process that is to be the stub, which may be in a new user namespace. */
  private static Optional<String> ofClone(Errno errno) {
    return NamespaceRefusal.HERE.cause(errno, Set.of(NamespaceKind.USER), Owner.RUNTIME);
  }

  private static Optional<String> hint(StepFailedException failed) {
    String errno = failed.errno().toString();
    Optional<String> known =
        isInUserNamespace()
            ? Hints.inUserNamespace(failed.plan(), failed.index(), errno)
            : Hints.of(failed.plan(), failed.index(), errno);
    return known.isPresent() ? known : ofNamespaces(failed);
  }

  /** What is made in a user namespace of the container's belongs to that. */
  private static Optional<String> ofNamespaces(StepFailedException failed) {
    Owner owner =
        Hints.isInUserNamespace(failed.plan(), failed.index()) ? Owner.CONTAINER : Owner.RUNTIME;
    return switch (failed.plan().steps().get(failed.index())) {
      case Step.Fork fork -> NamespaceRefusal.HERE.cause(failed.errno(), fork.namespaces(), owner);
      case Step.Unshare unshare ->
          NamespaceRefusal.HERE.cause(failed.errno(), unshare.namespaces(), owner);
      case Step.NewTimeNamespace _ ->
          NamespaceRefusal.HERE.cause(failed.errno(), Set.of(NamespaceKind.TIME), owner);
      default -> Optional.empty();
    };
  }

  private static boolean isInUserNamespace() {
    try {
      return !Host.isInFirstUserNamespace();
    } catch (IOException withoutProc) {
      return false;
    }
  }
}
