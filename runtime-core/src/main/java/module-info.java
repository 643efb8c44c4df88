/** The part of the runtime that needs no kernel; not a promise to users. */
@SuppressWarnings("module") // dev.berth.linux is compiled after this module
module dev.berth.core {
  requires transitive dev.berth;
  requires com.fasterxml.jackson.core;
  requires static org.jspecify;

  exports dev.berth.core.cgroup to
      dev.berth.linux;
  exports dev.berth.core.lifecycle to
      dev.berth.linux;
  exports dev.berth.core.plan to
      dev.berth.linux;
  exports dev.berth.core.resctrl to
      dev.berth.linux;
  exports dev.berth.core.seccomp to
      dev.berth.linux;
  exports dev.berth.core.spec to
      dev.berth.linux;
  exports dev.berth.core.state to
      dev.berth.linux;
  exports dev.berth.core.systemd to
      dev.berth.linux;
  exports dev.berth.core.text to
      dev.berth.linux;
}
