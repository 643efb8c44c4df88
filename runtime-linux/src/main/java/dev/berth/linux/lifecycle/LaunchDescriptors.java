package dev.berth.linux.lifecycle;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.Plan;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.Launch;
import dev.berth.linux.stub.StandardStreams;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The descriptors that a plan asks for, open for as long as its launch takes. */
final class LaunchDescriptors implements AutoCloseable {
  private final Plan plan;
  private final Map<Descriptor, Fd> known = new HashMap<>();
  private final List<Fd> opened = new ArrayList<>();

  private LaunchDescriptors(Plan plan) {
    this.plan = plan;
  }

  /** Opens those of the cgroup that the process is to be in, and the trees that it mounts. */
  static LaunchDescriptors of(Plan plan, Optional<Cgroup> cgroup) throws IOException {
    LaunchDescriptors descriptors = new LaunchDescriptors(plan);
    try {
      if (cgroup.isPresent()) {
        descriptors.open(cgroup.get());
      }
      descriptors.openTrees();
      return descriptors;
    } catch (IOException | RuntimeException e) {
      descriptors.close();
      throw e;
    }
  }

  private void openTrees() throws IOException {
    for (Descriptor descriptor : plan.descriptors()) {
      if (descriptor instanceof Descriptor.Tree tree) {
        own(tree, SourceTree.open(tree));
      }
    }
  }

  private void open(Cgroup cgroup) throws IOException {
    for (Descriptor descriptor : plan.descriptors()) {
      switch (descriptor) {
        case Descriptor.CgroupProcs(String hierarchy) ->
            own(descriptor, cgroup.openProcs(hierarchy));
        case Descriptor.CgroupDirectory _ -> own(descriptor, cgroup.openUnified().orElseThrow());
        default -> {} // none of a cgroup
      }
    }
  }

  private void own(Descriptor descriptor, Fd fd) {
    opened.add(fd);
    known.put(descriptor, fd);
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
      own(root, Directories.open("/proc/" + pid + "/root", flags, 0));
    }
  }

  Launch launch(Stdio stdio, OpenAttachments attachments) {
    List<Fd> ends = stdio.programEnds();
    return new Launch(
        plan,
        descriptor -> Objects.requireNonNull(known.get(descriptor), descriptor::toString),
        new StandardStreams(ends.get(0), ends.get(1), ends.get(2)),
        attachments.descriptors());
  }

  @Override
  public void close() {
    opened.forEach(Fd::close);
  }
}
