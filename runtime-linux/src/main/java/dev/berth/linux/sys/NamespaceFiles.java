package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;

/**
 * What <a href="https://man7.org/linux/man-pages/man2/ioctl_nsfs.2.html">ioctl_nsfs(2)</a> tells of
 * an open namespace.
 */
public final class NamespaceFiles {

  static final int NS_GET_USERNS = 0xb701;
  static final int NS_GET_PARENT = 0xb702;
  static final int NS_GET_NSTYPE = 0xb703;

  private NamespaceFiles() {}

  /**
   * Of which kind it is.
   *
   * @return {@code CLONE_NEW*}
   * @throws SyscallException {@link Errno#ENOTTY} if it is no namespace
   */
  public static int type(Fd namespace) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.IOCTL, namespace.number(), NS_GET_NSTYPE);
    return (int) check(result, "ioctl(%s, NS_GET_NSTYPE)", namespace);
  }

  /**
   * The user namespace that owns it.
   *
   * @throws SyscallException {@link Errno#EPERM} if that is neither this JVM's nor one below it
   */
  public static Fd owner(Fd namespace) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.IOCTL, namespace.number(), NS_GET_USERNS);
    return new Fd((int) check(result, "ioctl(%s, NS_GET_USERNS)", namespace));
  }

  /**
   * The user namespace above this one.
   *
   * @throws SyscallException {@link Errno#EPERM} if that is neither this JVM's nor one below it
   */
  public static Fd parent(Fd userNamespace) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.IOCTL, userNamespace.number(), NS_GET_PARENT);
    return new Fd((int) check(result, "ioctl(%s, NS_GET_PARENT)", userNamespace));
  }
}
