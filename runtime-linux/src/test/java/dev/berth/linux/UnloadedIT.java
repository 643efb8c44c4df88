package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A part of a program that uses the library can be unloaded, and leaves nothing. */
@RunsContainers
class UnloadedIT {
  private static final int LOADERS = 50;
  private static final int SECONDS = 300;

  /** The JDK keeps some of what it has computed for a class softly: only until memory is needed. */
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:SoftRefLRUPolicyMSPerMB=0",
          "-Xmx128m");

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  @Timeout(SECONDS)
  void fifty_class_loaders_in_a_row_leave_nothing() throws Exception {
    List<String> arguments =
        List.of(workspace.root().toString(), workspace.rootfs().toString(), workspace.id("a"));
    Process jvm = ChildJvm.start(ChildJvm.command(OPTIONS, Loaders.class, arguments));
    assertThat(ChildJvm.output(jvm, SECONDS)).isEqualTo("nothing is left\n");
  }

  /** Loads the library again and again, each time with a class loader that is dropped then. */
  static final class Loaders {
    private Loaders() {}

    /** Takes a state root, a root file system and an id. */
    public static void main(String[] arguments) throws Exception {
      use(arguments); // what the JDK itself keeps is there then
      int descriptors = descriptors();
      List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
      for (int i = 0; i < LOADERS; i++) {
        loaders.add(use(arguments));
      }
      Eventually.await(
          "no class loader is left",
          () -> {
            System.gc();
            return loaders.stream().allMatch(each -> each.get() == null);
          });
      Eventually.await("no thread is left", () -> threads().isEmpty());
      Eventually.await("no descriptor is left", () -> descriptors() <= descriptors);
      System.out.println("nothing is left");
    }
  }

  private static WeakReference<ClassLoader> use(String... arguments) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(urls(), ClassLoader.getPlatformClassLoader())) {
      Class<?> runtimes = loader.loadClass("dev.berth.ContainerRuntime");
      Object builder = runtimes.getMethod("builder").invoke(null);
      call(builder, "root", Path.class, Path.of(arguments[0]));
      Object runtime = call(builder, "build");
      Object container = call(runtime, "container", String.class, arguments[2]);
      call(container, "rootfs", Path.class, Path.of(arguments[1]));
      call(container, "command", String[].class, new String[] {"sleep", "1000"});
      Object running = call(container, "start");
      Object exec = call(running, "exec", String[].class, new String[] {"true"});
      call(exec, "run", Duration.class, Duration.ofSeconds(20));
      call(running, "stats");
      call(runtime, "close");
      return new WeakReference<>(loader);
    }
  }

  private static URL[] urls() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  private static Object call(Object target, String name, Object... typesAndArguments)
      throws Exception {
    Class<?>[] types = new Class<?>[typesAndArguments.length / 2];
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = (Class<?>) typesAndArguments[2 * i];
      arguments[i] = typesAndArguments[2 * i + 1];
    }
    for (Class<?> type : interfaces(target.getClass())) {
      for (Method method : type.getMethods()) {
        if (method.getName().equals(name)
            && List.of(method.getParameterTypes()).equals(List.of(types))) {
          return method.invoke(target, arguments);
        }
      }
    }
    throw new NoSuchMethodException(target + "." + name);
  }

  private static List<Class<?>> interfaces(Class<?> type) {
    List<Class<?>> found = new ArrayList<>(List.of(type.getInterfaces()));
    found.add(type);
    return found;
  }

  /** The library's; the JDK has more or fewer of its own at any time. */
  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("berth-"))
        .collect(Collectors.toSet());
  }

  private static int descriptors() {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return (int) entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
