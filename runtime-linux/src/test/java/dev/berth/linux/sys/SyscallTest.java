package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.UnsupportedFeatureException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SyscallTest {

  private static final int BAD_DESCRIPTOR = 1 << 20;

  @Test
  void errno_belongs_to_the_thread_that_made_the_call() throws Exception {
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      boolean even = thread % 2 == 0;
      tasks.add(() -> even ? wrongBadDescriptors() : wrongInvalidArguments());
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      for (Future<Integer> wrong : executor.invokeAll(tasks)) {
        assertThat(wrong.get()).isZero();
      }
    }
  }

  private static int wrongBadDescriptors() {
    return wrong(Errno.EBADF, SyscallNumber.LISTEN, BAD_DESCRIPTOR, 1);
  }

  private static int wrongInvalidArguments() {
    return wrong(Errno.EINVAL, SyscallNumber.PIDFD_OPEN, -1, 0);
  }

  private static int wrong(Errno expected, SyscallNumber number, long... arguments) {
    int wrong = 0;
    for (int round = 0; round < 200_000; round++) {
      if (Syscall.invoke(number, arguments) != -expected.number()) {
        wrong++;
      }
    }
    return wrong;
  }

  @Test
  void a_refusal_is_worded_as_the_call_and_the_errno() {
    Fd fd = new Fd(BAD_DESCRIPTOR);
    assertThatThrownBy(() -> Sockets.listen(fd, 1))
        .isInstanceOf(SyscallException.class)
        .hasMessage("listen(1048576, 1): EBADF (Bad file descriptor)");
  }

  @Test
  void an_errno_without_a_name_keeps_its_number() {
    SyscallException exception = new SyscallException("bpf(5)", 524);
    assertThat(exception).hasMessage("bpf(5): errno 524");
    assertThat(exception.errno()).isEqualTo(Errno.UNKNOWN);
  }

  @Test
  void refuses_a_nul_in_a_string() {
    assertThatThrownBy(() -> Directories.open("/etc/passwd\0.png", Directories.O_RDONLY, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a NUL in \"/etc/passwd\\0.png\"");
  }

  @Test
  void refuses_a_relative_path() {
    assertThatThrownBy(() -> Directories.open("etc", Directories.O_RDONLY, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("relative path \"etc\"");
  }

  @Test
  void refuses_a_machine_without_numbers() {
    assertThatThrownBy(() -> Architecture.named("ppc64le"))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage("architecture \"ppc64le\" is not supported; amd64, aarch64 and riscv64 are");
  }
}
