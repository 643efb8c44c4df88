package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the kernel for network devices and their addresses, and changes them, in the network
 * namespace that this JVM is in; <a
 * href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>.
 */
public final class Netlink implements AutoCloseable {

  public static final int RTM_NEWLINK = 16;
  public static final int RTM_GETLINK = 18;
  public static final int RTM_SETLINK = 19;
  public static final int RTM_NEWADDR = 20;
  public static final int RTM_GETADDR = 22;

  public static final int NLM_F_REQUEST = 0x1;
  public static final int NLM_F_ACK = 0x4;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  public static final int NLM_F_DUMP = 0x300;

  public static final int IFLA_IFNAME = 3;
  public static final int IFLA_NET_NS_FD = 28;
  public static final int IFLA_NEW_IFINDEX = 49;

  public static final int IFA_ADDRESS = 1;
  public static final int IFA_LOCAL = 2;
  public static final int IFA_BROADCAST = 4;
  public static final int IFA_FLAGS = 8;
  public static final int IFA_RT_PRIORITY = 9;
  public static final int IFA_PROTO = 11;

  public static final int IFA_F_NODAD = 0x02;
  public static final int IFA_F_HOMEADDRESS = 0x10;
  public static final int IFA_F_PERMANENT = 0x80;
  public static final int IFA_F_MANAGETEMPADDR = 0x100;
  public static final int IFA_F_NOPREFIXROUTE = 0x200;
  public static final int IFA_F_MCAUTOJOIN = 0x400;

  public static final int IFF_UP = 0x1;

  static final int AF_NETLINK = 16;
  static final int SOCK_RAW = 3;
  static final int NETLINK_ROUTE = 0;
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;

  /** More than the kernel puts into one answer. */
  private static final int ANSWER_MAX = 1 << 16;

  private final Fd socket;

  private Netlink(Fd socket) {
    this.socket = socket;
  }

  /** A connection to the kernel. */
  public static Netlink open() throws SyscallException {
    long result =
        Syscall.invoke(
            SyscallNumber.SOCKET, AF_NETLINK, SOCK_RAW | Sockets.SOCK_CLOEXEC, NETLINK_ROUTE);
    return new Netlink(new Fd((int) check(result, "socket(AF_NETLINK, SOCK_RAW)")));
  }

  /**
   * Makes a request, which asks for an answer by its flags, and returns what it is.
   *
   * @param familySize of the structure that the answers begin with
   * @throws SyscallException if the kernel refuses, with {@code name} as the call
   */
  public List<NetlinkMessage> request(String name, NetlinkMessage request, int familySize)
      throws SyscallException {
    Sockets.sendmsg(socket, request.toBytes(), List.of());
    List<NetlinkMessage> answers = new ArrayList<>();
    while (true) {
      byte[] data = Sockets.recvmsg(socket, ANSWER_MAX, 0).data();
      ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.nativeOrder());
      while (bytes.remaining() >= NetlinkMessage.NLMSG_HDRLEN) {
        int body = bytes.position() + NetlinkMessage.NLMSG_HDRLEN;
        NetlinkMessage answer = NetlinkMessage.read(bytes, familySize);
        switch (answer.type()) {
          case NLMSG_DONE -> {
            return answers;
          }
          case NLMSG_ERROR -> {
            // struct nlmsgerr begins with a negative errno, or 0 for "done".
            int error = bytes.getInt(body);
            if (error < 0) {
              throw new SyscallException(name, -error);
            }
            return answers;
          }
          default -> answers.add(answer);
        }
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
