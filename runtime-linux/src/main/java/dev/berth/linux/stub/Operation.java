package dev.berth.linux.stub;

/**
 * The operations of the stub, in the order of {@code program.h}, and the fields that each takes: u
 * a number, s a string, l a list of strings, n a list of numbers.
 */
enum Operation {
  RESET_SIGNALS(""),
  SET_UMASK("u"),
  SET_NAME("s"),
  SET_NON_DUMPABLE(""),
  DIE_WITH_PARENT(""),
  JOIN_CGROUP("u"),
  OPEN_PROCFS("l"),
  CLOSE_PROCFS(""),
  SET_OOM_SCORE_ADJ("s"),
  JOIN_NAMESPACES("uu"),
  FORK(""),
  UNSHARE("u"),
  SYNC("unn"),
  NEW_SESSION(""),
  LOOPBACK_UP(""),
  SET_ROOT_PROPAGATION("uu"),
  MOUNT_ROOT("s"),
  OPEN_TREE("usu"),
  NEW_MOUNT("usslu"),
  SET_MOUNT_ATTRIBUTES("uuuuu"),
  COPY_MODE("us"),
  ATTACH("usu"),
  MAKE_DIRECTORY("su"),
  MAKE_DEVICE("suuuuuu"),
  MAKE_SYMLINK("ss"),
  PIVOT_ROOT(""),
  MAKE_ROOT_READONLY(""),
  MASK_PATH("s"),
  MAKE_PATH_READONLY("s"),
  SET_HOSTNAME("s"),
  SET_DOMAINNAME("s"),
  SET_RLIMIT("uuu"),
  SET_NO_NEW_PRIVILEGES(""),
  KEEP_CAPABILITIES(""),
  SET_BOUNDING_SET("u"),
  SET_GROUPS("n"),
  SET_GROUP_ID("u"),
  SET_USER_ID("u"),
  SET_CAPABILITIES("uuuu"),
  TRY_DIRECTORY("s"),
  REQUIRE_DIRECTORY("s"),
  FIND_PROGRAM("l"),
  AWAIT_START("u"),
  EXEC("ll");

  private final String signature;

  Operation(String signature) {
    this.signature = signature;
  }

  String signature() {
    return signature;
  }

  /** Its place in {@code enum operation}. */
  @SuppressWarnings("EnumOrdinal") // the C side counts in the same way, and a test compares them
  int number() {
    return ordinal();
  }
}
