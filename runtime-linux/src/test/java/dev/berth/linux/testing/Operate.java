package dev.berth.linux.testing;

import dev.berth.CgroupDriver;
import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ContainerRuntime;
import dev.berth.Limits;
import dev.berth.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One operation, in a JVM of its own: {@code ROOT ROOTFS VERB ID}. */
public final class Operate {
  private Operate() {}

  public static void main(String[] args) throws Exception {
    CgroupDriver driver =
        CgroupDriver.valueOf(System.getProperty("berth.test.driver", CgroupDriver.CGROUPFS.name()));
    ContainerRuntime runtime =
        ContainerRuntime.builder().root(Path.of(args[0])).cgroupDriver(driver).build();
    Path rootfs = Path.of(args[1]);
    String id = args[3];
    switch (args[2]) {
      case "create" -> {
        Container made = sleeping(runtime, rootfs, id).detached().create();
        System.out.print(made.process().pid());
      }
      case "create-limited" ->
          runtime
              .container(id)
              .rootfs(rootfs)
              .command("sh", "-c", args[4])
              .limits(Limits.NONE.memory(16 << 20).swap(0))
              .detached()
              .create();
      case "bundle" -> runtime.container(id).bundle(rootfs).detached().create();
      case "attach" -> {
        Container made = sleeping(runtime, rootfs, id).start();
        System.out.println(made.process().pid());
        waitForEver();
      }
      case "loop" -> {
        System.out.println("begins");
        for (int i = 0; true; i++) {
          ContainerBuilder next = sleeping(runtime, rootfs, id + "-" + i);
          if (i % 2 == 0) {
            next.detached();
          }
          next.create();
        }
      }
      case "start" -> runtime.find(id).orElseThrow().start();
      case "pause" -> runtime.find(id).orElseThrow().pause();
      case "resume" -> runtime.find(id).orElseThrow().resume();
      case "delete" -> runtime.find(id).orElseThrow().deleteForcibly();
      case "exec" -> {
        Container found = runtime.find(id).orElseThrow();
        System.out.print(found.exec("hostname").run().orThrow().output());
      }
      case "await" -> {
        List<String> ids = List.of(args).subList(3, args.length);
        List<ContainerProcess> processes = new ArrayList<>();
        for (String each : ids) {
          processes.add(runtime.find(each).orElseThrow().process());
        }
        System.out.println("waits");
        for (ContainerProcess process : processes) {
          System.out.println(end(process));
        }
        for (String each : ids) {
          System.out.println(end(runtime.find(each).orElseThrow().process()));
        }
      }
      case "kill" -> {
        Container found = runtime.find(id).orElseThrow();
        found.kill(Signal.KILL);
        found.process().onExit().get();
      }
      default -> throw new IllegalArgumentException(args[2]);
    }
  }

  private static String end(ContainerProcess process) throws Exception {
    int exitValue = process.waitFor();
    return exitValue + " " + process.ending().orElseThrow() + " " + process.memoryKills();
  }

  /** Of a bundle, if that is what there is in place of a root. */
  private static ContainerBuilder sleeping(ContainerRuntime runtime, Path rootfs, String id) {
    if (Files.exists(rootfs.resolve("config.json"))) {
      return runtime.container(id).bundle(rootfs);
    }
    return runtime.container(id).rootfs(rootfs).hostname("there").command("sleep", "1000");
  }

  /** Until the parent ends, or ends this. */
  private static void waitForEver() throws IOException {
    System.in.read();
  }
}
