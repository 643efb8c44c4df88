package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessesTest {

  @Test
  void a_signal_reaches_the_process_behind_a_pidfd() throws Exception {
    Process sleep = new ProcessBuilder("sleep", "100").start();
    try (Fd pidfd = Processes.pidfdOpen((int) sleep.pid())) {
      Processes.pidfdSendSignal(pidfd, Processes.SIGKILL);
      assertThat(sleep.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(sleep.exitValue()).isEqualTo(128 + Processes.SIGKILL);
      assertThatThrownBy(() -> Processes.pidfdSendSignal(pidfd, 0))
          .isInstanceOf(SyscallException.class)
          .hasMessage("pidfd_send_signal(%s, 0): ESRCH (No such process)", pidfd);
    }
  }

  @Test
  void somebody_elses_child_cannot_be_waited_for() throws Exception {
    try (Fd pidfd = Processes.pidfdOpen(1)) {
      assertThatThrownBy(() -> Processes.waitid(pidfd, 0))
          .isInstanceOf(SyscallException.class)
          .hasMessage("waitid(P_PIDFD, %s): ECHILD (No child processes)", pidfd);
    }
  }

  @Test
  void the_limit_of_descriptors_is_as_procfs_has_it() throws Exception {
    Rlimit limit = Processes.prlimit64(0, Processes.RLIMIT_NOFILE);
    assertThat(limit.soft()).isLessThanOrEqualTo(limit.hard()).isGreaterThan(0);
  }
}
