package dev.berth.core.spec;

import dev.berth.spec.LinuxResources;
import dev.berth.spec.Spec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this version reads and does not act on. It is refused, since a container that silently lacks
 * a limit is worse than none. A line goes when its property is acted upon, and when all are gone,
 * so does this class.
 *
 * <p>A property is refused when its value asks for something: {@code null}, {@code false}, 0 and
 * what is empty do not, as engines write them for what nobody asked for.
 */
final class NotYet {
  private static final List<Line<LinuxResources>> RESOURCES =
      List.of(
          new Line<>("linux.resources.hugepageLimits", LinuxResources::hugepageLimits),
          new Line<>("linux.resources.network.classID", r -> r.network().classID()),
          new Line<>("linux.resources.network.priorities", r -> r.network().priorities()),
          new Line<>("linux.resources.rdma", LinuxResources::rdma),
          new Line<>("linux.resources.unified", LinuxResources::unified));

  private static final List<Line<LinuxResources.Memory>> MEMORY =
      List.of(
          new Line<>("linux.resources.memory.useHierarchy", LinuxResources.Memory::useHierarchy),
          new Line<>(
              "linux.resources.memory.checkBeforeUpdate",
              LinuxResources.Memory::checkBeforeUpdate));

  private static final List<Line<LinuxResources.Cpu>> CPU =
      List.of(
          new Line<>("linux.resources.cpu.burst", LinuxResources.Cpu::burst),
          new Line<>("linux.resources.cpu.realtimeRuntime", LinuxResources.Cpu::realtimeRuntime),
          new Line<>("linux.resources.cpu.realtimePeriod", LinuxResources.Cpu::realtimePeriod),
          new Line<>("linux.resources.cpu.idle", LinuxResources.Cpu::idle));

  private static final List<Line<LinuxResources.BlockIO>> BLOCK_IO =
      List.of(
          new Line<>("linux.resources.blockIO.weight", LinuxResources.BlockIO::weight),
          new Line<>("linux.resources.blockIO.leafWeight", LinuxResources.BlockIO::leafWeight),
          new Line<>("linux.resources.blockIO.weightDevice", LinuxResources.BlockIO::weightDevice),
          new Line<>(
              "linux.resources.blockIO.throttleReadBpsDevice",
              LinuxResources.BlockIO::throttleReadBpsDevice),
          new Line<>(
              "linux.resources.blockIO.throttleWriteBpsDevice",
              LinuxResources.BlockIO::throttleWriteBpsDevice),
          new Line<>(
              "linux.resources.blockIO.throttleReadIOPSDevice",
              LinuxResources.BlockIO::throttleReadIOPSDevice),
          new Line<>(
              "linux.resources.blockIO.throttleWriteIOPSDevice",
              LinuxResources.BlockIO::throttleWriteIOPSDevice));

  private NotYet() {}

  static void check(Spec spec, Report report) {
    LinuxResources resources = spec.linux().resources();
    refuse(RESOURCES, resources, report);
    refuse(MEMORY, resources.memory(), report);
    refuse(CPU, resources.cpu(), report);
    refuse(BLOCK_IO, resources.blockIO(), report);
  }

  private static <T> void refuse(List<Line<T>> table, T owner, Report report) {
    for (Line<T> line : table) {
      if (asksForSomething(line.value().apply(owner))) {
        report.unsupported(line.path());
      }
    }
  }

  private static boolean asksForSomething(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean flag -> flag;
      case Number number -> number.longValue() != 0;
      case Collection<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }

  private record Line<T>(String path, Function<T, @Nullable Object> value) {}
}
