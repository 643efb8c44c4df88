package dev.berth.linux.stub;

/**
 * The operations of the stub, in the order of {@code program.h}, and the fields that each takes: u
 * a number, d a slot, s a string, l a list of strings, n a list of numbers, D a list of slots.
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
  JOIN_CGROUP("d"),
  OPEN_PROCFS("l"),
  CLOSE_PROCFS(""),
  SET_OOM_SCORE_ADJ("s"),
  SET_KEY_LABEL("s"),
  SET_SELINUX_LABEL("s"),
  SET_APPARMOR_PROFILE("s"),
  JOIN_NAMESPACES("du"),
  FORK("uD"),
  UNSHARE("u"),
  NEW_TIME_NAMESPACE("s"),
  SYNC("uDD"),
  NEW_SESSION(""),
  LOOPBACK_UP(""),
  REQUIRE_FREE_NAME("s"),
  SEND_NETLINK("d"),
  SET_ROOT_PROPAGATION("uu"),
  MOUNT_ROOT("s"),
  OPEN_TREE("dsu"),
  OPEN_TREE_INSTEAD("dsu"),
  NEW_MOUNT("dsslu"),
  TRY_MOUNT("dsslu"),
  LEGACY_MOUNT("dssus"),
  FIND_MOUNT("ds"),
  RECONFIGURE("dl"),
  SET_MOUNT_ATTRIBUTES("duuuu"),
  COPY_MODE("ds"),
  COPY_OWNER("ds"),
  COPY_UP("ds"),
  ATTACH("dsuu"),
  COVER_ROOT("d"),
  REQUIRE_DEVICE("duuu"),
  MAKE_DIRECTORY("su"),
  MAKE_DEVICE("suuuuuu"),
  MAKE_SYMLINK("ss"),
  TAKE_ROOT("s"),
  DROP_HOST_MOUNT("s"),
  MOVE_ROOT(""),
  CHANGE_ROOT(""),
  CHANGE_ROOT_TO("d"),
  PIVOT_ROOT(""),
  OPEN_ROOT(""),
  NEW_TERMINAL("dd"),
  SET_TERMINAL_SIZE("duu"),
  OPEN_MOUNT("dd"),
  TAKE_TERMINAL("du"),
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
  AWAIT_START("d"),
  RUN_HOOK("uslluuss"),
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
