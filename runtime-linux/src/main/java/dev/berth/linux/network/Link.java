package dev.berth.linux.network;

import dev.berth.linux.sys.Netlink;
import dev.berth.linux.sys.NetlinkMessage;
import dev.berth.linux.sys.NetlinkMessage.Attribute;
import dev.berth.linux.sys.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A network device. */
record Link(int index, String name) {

  /** {@code sizeof(struct ifinfomsg)}. */
  static final int HEADER_SIZE = 16;

  private static final int INDEX = 4;

  /**
   * The device of this name.
   *
   * @throws SyscallException {@code ENODEV} if there is none
   */
  static Link find(Netlink netlink, String name) throws SyscallException {
    NetlinkMessage request =
        new NetlinkMessage(
            Netlink.RTM_GETLINK,
            Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK,
            header(0, 0),
            List.of(Attribute.of(Netlink.IFLA_IFNAME, name)));
    NetlinkMessage answer = netlink.request("RTM_GETLINK", request, HEADER_SIZE).getFirst();
    ByteBuffer header = ByteBuffer.wrap(answer.family()).order(ByteOrder.nativeOrder());
    return new Link(header.getInt(INDEX), name);
  }

  /** The message that sets a device up. */
  static NetlinkMessage up(int index) {
    return new NetlinkMessage(
        Netlink.RTM_SETLINK,
        Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK,
        header(index, Netlink.IFF_UP),
        List.of());
  }

  /**
   * {@code struct ifinfomsg}: family, type, index, flags, and which of them to change.
   *
   * @param flags to set
   */
  static byte[] header(int index, int flags) {
    return ByteBuffer.allocate(HEADER_SIZE)
        .order(ByteOrder.nativeOrder())
        .putInt(0)
        .putInt(index)
        .putInt(flags)
        .putInt(flags)
        .array();
  }
}
