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
  SET_AFFINITY("n"),
  RESET_AFFINITY(""),
  MAKE_KEYRING("s"),
  JOIN_KEYRING("s"),
  JOIN_CGROUP("u"),
  OPEN_PROCFS("l"),
  CLOSE_PROCFS(""),
  SET_OOM_SCORE_ADJ("s"),
  SET_KEY_LABEL("s"),
  SET_SELINUX_LABEL("s"),
  SET_APPARMOR_PROFILE("s"),
  JOIN_NAMESPACES("uu"),
  FORK("uu"),
  UNSHARE("u"),
  NEW_TIME_NAMESPACE("s"),
  SYNC("unn"),
  NEW_SESSION(""),
  LOOPBACK_UP(""),
  REQUIRE_FREE_NAME("s"),
  SEND_NETLINK("u"),
  SET_ROOT_PROPAGATION("uu"),
  MOUNT_ROOT("s"),
  OPEN_TREE("usu"),
  OPEN_TREE_INSTEAD("usu"),
  NEW_MOUNT("usslu"),
  TRY_MOUNT("usslu"),
  LEGACY_MOUNT("ussus"),
  FIND_MOUNT("us"),
  RECONFIGURE("ul"),
  SET_MOUNT_ATTRIBUTES("uuuuu"),
  COPY_MODE("us"),
  COPY_OWNER("us"),
  COPY_UP("us"),
  ATTACH("usuu"),
  REQUIRE_DEVICE("uuuu"),
  MAKE_DIRECTORY("su"),
  MAKE_DEVICE("suuuuuu"),
  MAKE_SYMLINK("ss"),
  TAKE_ROOT("s"),
  DROP_HOST_MOUNT("s"),
  MOVE_ROOT(""),
  CHANGE_ROOT(""),
  CHANGE_ROOT_TO("u"),
  PIVOT_ROOT(""),
  OPEN_ROOT(""),
  NEW_TERMINAL("uu"),
  SET_TERMINAL_SIZE("uuu"),
  OPEN_MOUNT("uu"),
  TAKE_TERMINAL("uu"),
  OWN_STREAMS("u"),
  MAKE_ROOT_READONLY(""),
  MASK_PATH("s"),
  MAKE_PATH_READONLY("s"),
  SET_HOSTNAME("s"),
  SET_DOMAINNAME("s"),
  SET_SYSCTL("ss"),
  SET_RLIMIT("uuu"),
  SET_NO_NEW_PRIVILEGES(""),
  LOAD_SECCOMP("un"),
  LOAD_SECCOMP_LISTENER("un"),
  SET_SCHEDULER("uuuuuuu"),
  SET_IO_PRIORITY("uu"),
  SET_PERSONALITY("u"),
  SET_MEMORY_POLICY("un"),
  KEEP_CAPABILITIES(""),
  SET_BOUNDING_SET("u"),
  SET_GROUPS("n"),
  TRY_DROP_GROUPS(""),
  SET_GROUP_ID("u"),
  SET_USER_ID("u"),
  SET_CAPABILITIES("uuuu"),
  FIND_HOME("u"),
  TRY_DIRECTORY("s"),
  REQUIRE_DIRECTORY("s"),
  FIND_PROGRAM("l"),
  AWAIT_START("u"),
  RUN_HOOK("uslluss"),
  END(""),
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
