package dev.berth.linux.lifecycle;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.Plan;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.Launch;
import dev.berth.linux.stub.StandardStreams;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The descriptors that a plan asks for, open for as long as its launch takes. */
final class LaunchDescriptors implements AutoCloseable {
  private final Plan plan;
  private final Map<Descriptor, Fd> known = new HashMap<>();
  private final List<Fd> opened = new ArrayList<>();
  private @Nullable Fd birthplace;

  private LaunchDescriptors(Plan plan) {
    this.plan = plan;
  }

  /** Opens those of the cgroup that the process is to be in, and the trees that it mounts. */
  static LaunchDescriptors of(Plan plan, Optional<Cgroup> cgroup, Cancellation cancellation)
      throws IOException {
    LaunchDescriptors descriptors = new LaunchDescriptors(plan);
    try {
      if (cgroup.isPresent()) {
        descriptors.open(cgroup.get());
      }
      descriptors.openTrees(cancellation);
      return descriptors;
    } catch (IOException | RuntimeException | Error e) {
      descriptors.close();
      throw e;
    }
  }

  private void openTrees(Cancellation cancellation) throws IOException {
    for (Descriptor descriptor : plan.descriptors()) {
      if (descriptor instanceof Descriptor.Tree tree) {
        Fd fd = SourceTree.open(tree, cancellation);
        opened.add(fd);
        known.put(tree, fd);
      }
    }
  }

  private void open(Cgroup cgroup) throws IOException {
    boolean joinsUnified = false;
    for (MountedHierarchy hierarchy : cgroup.hierarchies()) {
      Descriptor procs = new Descriptor.CgroupProcs(hierarchy.name());
      if (plan.descriptors().contains(procs)) {
        Fd fd = cgroup.openProcs(hierarchy.name());
        opened.add(fd);
        known.put(procs, fd);
        joinsUnified |= hierarchy.isUnified();
      }
    }
    if (!joinsUnified) {
      cgroup.openUnified().ifPresent(this::bornIn);
    }
  }

  private void bornIn(Fd directory) {
    opened.add(directory);
    birthplace = directory;
  }

  /** Adds one that stays the caller's. */
  void put(Descriptor descriptor, Fd fd) {
    known.put(descriptor, fd);
  }

  /** Adds the root directory of process {@code pid}, if the plan needs it. */
  void putRoot(long pid) throws IOException {
    Descriptor root = new Descriptor.InitRoot();
    if (plan.descriptors().contains(root)) {
      int flags = Directories.O_PATH | Directories.O_DIRECTORY;
      Fd fd = Directories.open("/proc/" + pid + "/root", flags, 0);
      opened.add(fd);
      known.put(root, fd);
    }
  }

  Launch launch(Stdio stdio, OpenAttachments attachments) {
    List<Fd> ends = stdio.programEnds();
    return new Launch(
        plan,
        descriptor -> Objects.requireNonNull(known.get(descriptor), descriptor::toString),
        new StandardStreams(ends.get(0), ends.get(1), ends.get(2)),
        attachments.descriptors(),
        Optional.ofNullable(birthplace));
  }

  @Override
  public void close() {
    opened.forEach(Fd::close);
  }
}
