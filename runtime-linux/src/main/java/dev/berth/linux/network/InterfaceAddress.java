package dev.berth.linux.network;

import static dev.berth.linux.sys.Netlink.IFA_ADDRESS;
import static dev.berth.linux.sys.Netlink.IFA_BROADCAST;
import static dev.berth.linux.sys.Netlink.IFA_FLAGS;
import static dev.berth.linux.sys.Netlink.IFA_F_HOMEADDRESS;
import static dev.berth.linux.sys.Netlink.IFA_F_MANAGETEMPADDR;
import static dev.berth.linux.sys.Netlink.IFA_F_MCAUTOJOIN;
import static dev.berth.linux.sys.Netlink.IFA_F_NODAD;
import static dev.berth.linux.sys.Netlink.IFA_F_NOPREFIXROUTE;
import static dev.berth.linux.sys.Netlink.IFA_F_PERMANENT;
import static dev.berth.linux.sys.Netlink.IFA_LOCAL;
import static dev.berth.linux.sys.Netlink.IFA_PROTO;
import static dev.berth.linux.sys.Netlink.IFA_RT_PRIORITY;

import dev.berth.linux.sys.Netlink;
import dev.berth.linux.sys.NetlinkMessage;
import dev.berth.linux.sys.NetlinkMessage.Attribute;
import dev.berth.linux.sys.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * An address of a network device, as the kernel describes it. It loses them all when it moves.
 *
 * @param message {@code RTM_NEWADDR}
 */
record InterfaceAddress(NetlinkMessage message) {

  // struct ifaddrmsg: family, length of the prefix, flags, scope, index.
  private static final int HEADER_SIZE = 8;
  private static final int FLAGS = 2;
  private static final int SCOPE = 3;
  private static final int INDEX = 4;

  /** {@code RT_SCOPE_UNIVERSE}. */
  private static final byte GLOBAL = 0;

  /** What was chosen, and not what became of it. */
  private static final int CHOSEN_FLAGS =
      IFA_F_NODAD
          | IFA_F_HOMEADDRESS
          | IFA_F_MANAGETEMPADDR
          | IFA_F_NOPREFIXROUTE
          | IFA_F_MCAUTOJOIN;

  /** Not the label, which has the old name of the device, nor how long it will still be valid. */
  private static final Set<Integer> KEPT =
      Set.of(IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_RT_PRIORITY, IFA_PROTO);

  /** Those of all devices. */
  static List<InterfaceAddress> all(Netlink netlink) throws SyscallException {
    NetlinkMessage request =
        new NetlinkMessage(
            Netlink.RTM_GETADDR,
            Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP,
            new byte[HEADER_SIZE],
            List.of());
    return netlink.request("RTM_GETADDR", request, HEADER_SIZE).stream()
        .filter(answer -> answer.type() == Netlink.RTM_NEWADDR)
        .map(InterfaceAddress::new)
        .toList();
  }

  private ByteBuffer header() {
    return ByteBuffer.wrap(message.family().clone()).order(ByteOrder.nativeOrder());
  }

  /** Of the device. */
  int index() {
    return header().getInt(INDEX);
  }

  private int flags() {
    return message
        .attribute(IFA_FLAGS)
        .map(Attribute::number)
        .orElseGet(() -> Byte.toUnsignedInt(header().get(FLAGS)));
  }

  /** Whether it goes with the device: for good, and of use beyond this host and its neighbours. */
  boolean isToKeep() {
    return (flags() & IFA_F_PERMANENT) != 0 && header().get(SCOPE) == GLOBAL;
  }

  /** The message that gives it to a device. */
  NetlinkMessage add(int index) {
    List<Attribute> attributes = new ArrayList<>();
    message.attributes().stream()
        .filter(attribute -> KEPT.contains(attribute.type()))
        .forEach(attributes::add);
    attributes.add(Attribute.of(IFA_FLAGS, flags() & CHOSEN_FLAGS));
    byte[] header = header().put(FLAGS, (byte) 0).putInt(INDEX, index).array();
    return new NetlinkMessage(
        Netlink.RTM_NEWADDR,
        Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK | Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL,
        header,
        attributes);
  }
}
