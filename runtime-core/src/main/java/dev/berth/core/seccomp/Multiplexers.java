package dev.berth.core.seccomp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The calls that older architectures make by way of socketcall(2) and ipc(2), whose first argument
 * says which one is meant. Where they also have numbers of their own, a rule counts for both ways.
 */
final class Multiplexers {
  private static final int SOCKETCALL = 102;
  private static final int IPC = 117;

  private static final Map<String, Call> CALLS = calls();

  private Multiplexers() {}

  /**
   * One way to make a call.
   *
   * @param number of the multiplexer
   * @param selector its first argument
   */
  record Call(long number, int selector) {

    /**
     * The conditions of a rule for the call: they are on the multiplexer's arguments, of which the
     * first is the selector and the second a place in memory. As with libseccomp, a condition on
     * the first is lost.
     */
    List<Condition> restrict(List<Condition> conditions, Abi abi) {
      List<Condition> restricted = new ArrayList<>();
      restricted.add(Condition.equal(0, selector, abi.wide()));
      conditions.stream().filter(condition -> condition.index() != 0).forEach(restricted::add);
      return restricted;
    }
  }

  static Optional<Call> of(Abi abi, String name) {
    Call call = abi.multiplexed() < 0 ? null : CALLS.get(name);
    return call == null
        ? Optional.empty()
        : Optional.of(new Call(abi.multiplexed() + call.number(), call.selector()));
  }

  /** The selectors of {@code <linux/net.h>} and {@code <linux/ipc.h>}. */
  private static Map<String, Call> calls() {
    Map<String, Call> calls = new HashMap<>();
    put(
        calls,
        SOCKETCALL,
        1,
        List.of(
            "socket",
            "bind",
            "connect",
            "listen",
            "accept",
            "getsockname",
            "getpeername",
            "socketpair",
            "send",
            "recv",
            "sendto",
            "recvfrom",
            "shutdown",
            "setsockopt",
            "getsockopt",
            "sendmsg",
            "recvmsg",
            "accept4",
            "recvmmsg",
            "sendmmsg"));
    put(calls, IPC, 1, List.of("semop", "semget", "semctl", "semtimedop"));
    put(calls, IPC, 11, List.of("msgsnd", "msgrcv", "msgget", "msgctl"));
    put(calls, IPC, 21, List.of("shmat", "shmdt", "shmget", "shmctl"));
    return calls;
  }

  private static void put(Map<String, Call> calls, int number, int selector, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      calls.put(names.get(i), new Call(number, selector + i));
    }
  }
}
