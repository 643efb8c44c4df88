package dev.berth.linux.lifecycle;

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

/**
 * The descriptors that a plan asks for, open for as long as its launch takes; trees of the host,
 * which may be many, only until they are sent.
 */
final class LaunchDescriptors implements Launch.Descriptors, AutoCloseable {
  private final Plan plan;
  private final Map<Descriptor, Fd> known = new HashMap<>();
  private final List<Fd> opened = new ArrayList<>();
  private final SourceTrees trees;

  private LaunchDescriptors(Plan plan, Cancellation cancellation) {
    this.plan = plan;
    this.trees = new SourceTrees(cancellation);
  }

  /**
   * Opens those of the cgroup that the process is to be in.
   *
   * @param cancellation of what opening a tree later may wait for
   */
  static LaunchDescriptors of(Plan plan, Optional<Cgroup> cgroup, Cancellation cancellation)
      throws IOException {
    LaunchDescriptors descriptors = new LaunchDescriptors(plan, cancellation);
    try {
      if (cgroup.isPresent()) {
        descriptors.open(cgroup.get());
      }
      return descriptors;
    } catch (IOException | RuntimeException | Error e) {
      descriptors.close();
      throw e;
    }
  }

  @Override
  public Fd get(Descriptor descriptor) throws IOException {
    return descriptor instanceof Descriptor.Tree tree
        ? trees.open(tree)
        : Objects.requireNonNull(known.get(descriptor), descriptor::toString);
  }

  @Override
  public void release() {
    trees.release();
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
        this,
        new StandardStreams(ends.get(0), ends.get(1), ends.get(2)),
        attachments.descriptors());
  }

  @Override
  public void close() {
    trees.close();
    opened.forEach(Fd::close);
  }
}
