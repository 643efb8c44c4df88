/** What programs import to run containers. */
module dev.berth {
  requires static org.jspecify;

  exports dev.berth;
  exports dev.berth.spec;
  exports dev.berth.spi;

  uses dev.berth.spi.RuntimeProvider;
}
