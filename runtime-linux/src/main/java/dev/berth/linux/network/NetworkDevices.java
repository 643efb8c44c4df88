package dev.berth.linux.network;

import static dev.berth.linux.sys.Netlink.IFLA_IFNAME;
import static dev.berth.linux.sys.Netlink.IFLA_NET_NS_FD;
import static dev.berth.linux.sys.Netlink.IFLA_NEW_IFINDEX;
import static dev.berth.linux.sys.Netlink.NLM_F_ACK;
import static dev.berth.linux.sys.Netlink.NLM_F_REQUEST;

import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.sys.Netlink;
import dev.berth.linux.sys.NetlinkMessage;
import dev.berth.linux.sys.NetlinkMessage.Attribute;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.NetDevice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Moves network devices of the host into a container's network namespace (config-linux.md, "Network
 * Devices"). This JVM never enters that: what is to be done in there, it says in messages for the
 * kernel that the stub sends.
 */
public final class NetworkDevices {
  /** What an index of the host is moved by where the container has it already. */
  private static final int INDEX_OFFSET = 1 << 20;

  private NetworkDevices() {}

  private record Move(Link link, String name, List<InterfaceAddress> addresses) {}

  /**
   * Moves {@code devices}, or, where one of them is not there, none.
   *
   * @param devices as in {@code linux.netDevices}, by their names on the host
   * @param namespace the container's
   * @return the messages that, sent there, give the devices their addresses and set them up
   */
  public static Fd move(Map<String, NetDevice> devices, Fd namespace) throws IOException {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    try (Netlink netlink = Netlink.open()) {
      for (Move move : find(netlink, devices)) {
        int index = move(netlink, move, namespace);
        for (InterfaceAddress address : move.addresses) {
          messages.write(address.add(index).toBytes());
        }
        messages.write(Link.up(index).toBytes());
      }
    }
    return Memfd.ofData("berth-netlink", messages.toByteArray());
  }

  private static List<Move> find(Netlink netlink, Map<String, NetDevice> devices)
      throws IOException {
    List<InterfaceAddress> addresses = InterfaceAddress.all(netlink);
    List<Move> moves = new ArrayList<>();
    for (Map.Entry<String, NetDevice> device : devices.entrySet()) {
      String name = device.getKey();
      Link link = find(netlink, name);
      String newName = device.getValue().name();
      moves.add(
          new Move(
              link,
              newName == null ? name : newName,
              addresses.stream()
                  .filter(each -> each.index() == link.index() && each.isToKeep())
                  .toList()));
    }
    return moves;
  }

  private static Link find(Netlink netlink, String name) throws IOException {
    try {
      return Link.find(netlink, name);
    } catch (SyscallException e) {
      throw refusal(
          name,
          e,
          e.errno() == Errno.ENODEV ? "; the runtime's network namespace has no such device" : "");
    }
  }

  private static int move(Netlink netlink, Move move, Fd namespace) throws IOException {
    int index = move.link.index();
    try {
      try {
        move(netlink, move, namespace, index);
        return index;
      } catch (SyscallException e) {
        if (e.errno() != Errno.EBUSY) {
          throw e;
        }
        move(netlink, move, namespace, index + INDEX_OFFSET);
        return index + INDEX_OFFSET;
      }
    } catch (SyscallException e) {
      throw refusal(move.link.name(), e, hint(e.errno()));
    }
  }

  /** All in one request: under its old name, the device might not be let in. */
  private static void move(Netlink netlink, Move move, Fd namespace, int index)
      throws SyscallException {
    NetlinkMessage request =
        new NetlinkMessage(
            Netlink.RTM_SETLINK,
            NLM_F_REQUEST | NLM_F_ACK,
            Link.header(move.link.index(), 0),
            List.of(
                Attribute.of(IFLA_NET_NS_FD, namespace.number()),
                Attribute.of(IFLA_NEW_IFINDEX, index),
                Attribute.of(IFLA_IFNAME, move.name)));
    netlink.request("RTM_SETLINK", request, Link.HEADER_SIZE);
  }

  private static String hint(Errno errno) {
    return switch (errno) {
      case EPERM -> "; it takes CAP_NET_ADMIN on the host";
      case EINVAL -> "; a device of this kind cannot leave its network namespace";
      case EEXIST -> "; the container has a device of that name";
      default -> "";
    };
  }

  private static IOException refusal(String name, SyscallException cause, String hint) {
    return new IOException(
        "linux.netDevices[\"%s\"]: %s%s".formatted(name, cause.getMessage(), hint), cause);
  }
}
