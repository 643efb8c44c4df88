/** What programs import to run containers. */
@SuppressWarnings("module") // Jackson is no dependency of this module, only allowed in
module dev.berth {
  requires static com.fasterxml.jackson.annotation;
  requires static org.jspecify;

  exports dev.berth;
  exports dev.berth.spec;
  exports dev.berth.spi;

  uses dev.berth.spi.RuntimeProvider;

  // Jackson binds the records of the specification by reflection.
  opens dev.berth.spec to
      com.fasterxml.jackson.databind;
}
