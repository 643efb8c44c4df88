package dev.berth.linux.sys;

import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.cgroup.DeviceProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The program of {@link KernelWritesIT}: makes the calls that have the kernel write to memory. */
final class KernelCalls {
  private static final String NAME = "berth_test";

  private KernelCalls() {}

  /**
   * @param arguments {@code all}, or {@code too-small}, a call with less memory than it needs; then
   *     a directory of cgroup v2, if there is one
   */
  static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("too-small")) {
      tooSmall();
    } else {
      aboutProcesses();
      aboutFiles();
      aboutEvents();
      aboutSockets();
      if (arguments.length > 1) {
        aboutBpf(Path.of(arguments[1]));
      }
    }
    System.out.print("done");
  }

  private static void tooSmall() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment half = arena.allocate(Host.UTSNAME.byteSize() / 2);
      Syscall.invoke(arena, SyscallNumber.UNAME, half.address());
    }
  }

  private static void aboutProcesses() throws Exception {
    Host.kernel();
    Processes.getrusage();
    Rlimit limit = Processes.prlimit64(0, Processes.RLIMIT_NOFILE);
    Processes.prlimit64(0, Processes.RLIMIT_NOFILE, limit);
    Process child = new ProcessBuilder("sleep", "1000").start();
    try (Fd pidfd = Processes.pidfdOpen((int) child.pid())) {
      PidfdInfo.exit(pidfd);
      // It still runs, so that the JVM is the one that reaps it.
      Processes.waitid(pidfd, Processes.WNOHANG | Processes.WNOWAIT);
      child.destroy();
      Descriptors.poll(pidfd, Descriptors.POLLIN, Duration.ofSeconds(10));
      Processes.waitid(pidfd, Processes.WNOWAIT);
    } catch (SyscallException reaped) {
      if (reaped.errno() != Errno.ECHILD) {
        throw reaped;
      }
    }
  }

  private static void aboutFiles() throws Exception {
    try (Fd directory = Directories.open("/proc/self", Directories.O_RDONLY, 0);
        Fd file =
            Directories.openat2(directory, "status", new OpenHow(0, 0, OpenHow.RESOLVE_BENEATH));
        Fd terminal = Directories.open("/dev/ptmx", Directories.O_RDWR, 0)) {
      Directories.statx(file);
      Directories.readlinkat(directory, "ns/user");
      Directories.subdirectories(directory);
      Descriptors.read(file, new byte[7], 0, 7);
      Terminals.setSettings(terminal, Terminals.settings(terminal).raw());
      Terminals.setSize(terminal, new WindowSize(80, 24));
      Terminals.size(terminal);
    }
  }

  private static void aboutEvents() throws Exception {
    Path watched = Files.createTempFile("berth", "watched");
    try (Descriptors.Pipe pipe = Descriptors.pipe2(0);
        Epoll epoll = Epoll.create();
        Inotify inotify = Inotify.create();
        Fd file = Directories.open(watched.toString(), Directories.O_PATH, 0)) {
      inotify.add(file, Inotify.IN_MODIFY);
      Files.writeString(watched, "more");
      Descriptors.writeFully(pipe.writer(), new byte[1]);
      Descriptors.available(pipe.reader());
      epoll.add(pipe.reader(), new EpollEvent(Epoll.EPOLLIN, 1));
      epoll.add(inotify.fd(), new EpollEvent(Epoll.EPOLLIN, 2));
      epoll.await(2, 1000);
      inotify.read();
    } finally {
      Files.delete(watched);
    }
  }

  private static void aboutSockets() throws Exception {
    byte[] family = new byte[16];
    NetlinkMessage links =
        new NetlinkMessage(
            Netlink.RTM_GETLINK, Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP, family, List.of());
    try (Sockets.Pair pair = Sockets.socketpair();
        Netlink netlink = Netlink.open()) {
      Sockets.sendmsg(pair.here(), new byte[100], List.of(pair.here(), pair.there(), pair.here()));
      Sockets.recvmsg(pair.there(), 100, 3).close();
      Sockets.sendmsg(pair.here(), new byte[100], List.of(pair.here(), pair.there(), pair.here()));
      try {
        Sockets.recvmsg(pair.there(), 7, 1).close();
      } catch (SyscallException truncated) {
        assertThat(truncated.errno() == Errno.EMSGSIZE);
      }
      netlink.request("RTM_GETLINK", links, family.length);
    }
  }

  private static void aboutBpf(Path cgroup) throws Exception {
    byte[] code = DeviceProgram.of(DeviceAllowList.of(List.of())).bytes();
    try (Fd directory = Directories.open(cgroup.toString(), Directories.O_RDONLY, 0);
        Fd program = Bpf.load(NAME, code);
        Fd other = Bpf.load(NAME, code)) {
      Bpf.attach(directory, program);
      try (Fd attached = Bpf.attached(directory, NAME).orElseThrow()) {
        Bpf.replace(directory, attached, other);
      }
      assertThat(Bpf.attached(directory, "another").isEmpty());
    }
  }

  private static void assertThat(boolean condition) {
    if (!condition) {
      throw new AssertionError();
    }
  }
}
