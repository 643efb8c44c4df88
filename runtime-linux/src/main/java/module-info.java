/** The runtime for Linux, found by {@link java.util.ServiceLoader}; exports nothing. */
module dev.berth.linux {
  requires dev.berth.core;
  requires static org.jspecify;

  provides dev.berth.spi.RuntimeProvider with
      dev.berth.linux.LinuxRuntimeProvider;
}
