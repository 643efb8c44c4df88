package dev.berth.linux.sys;

import dev.berth.core.text.KernelText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A message of <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>.
 *
 * @param type {@code RTM_*}
 * @param flags {@code NLM_F_*}
 * @param family the structure that all messages of this type begin with
 */
@SuppressWarnings("ArrayRecordComponent") // a message is read once; nobody compares two
public record NetlinkMessage(int type, int flags, byte[] family, List<Attribute> attributes) {

  static final int NLMSG_HDRLEN = 16;
  static final int RTA_ALIGNTO = 4;

  /** Types below it are netlink's own, without attributes. */
  static final int NLMSG_MIN_TYPE = 16;

  /** Two bits of an attribute's type are flags; {@code NLA_TYPE_MASK}. */
  private static final int TYPE_MASK = 0x3fff;

  private static final int ATTRIBUTE_HEADER = 4;

  public NetlinkMessage {
    attributes = List.copyOf(attributes);
  }

  /**
   * A property.
   *
   * @param type {@code IFLA_*}, {@code IFA_*}
   */
  @SuppressWarnings("ArrayRecordComponent") // as for the message
  public record Attribute(int type, byte[] value) {

    /** A number of 32 bits. */
    public static Attribute of(int type, int value) {
      ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      return new Attribute(type, bytes.putInt(value).array());
    }

    /** A string, with the NUL at its end. */
    public static Attribute of(int type, String value) {
      return new Attribute(type, KernelText.encode(value + "\0"));
    }

    /** Its value, where that is a number of 32 bits. */
    public int number() {
      return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }
  }

  /** An attribute of this type. */
  public Optional<Attribute> attribute(int type) {
    return attributes.stream().filter(each -> each.type == type).findFirst();
  }

  private static int aligned(int size) {
    return (size + RTA_ALIGNTO - 1) & -RTA_ALIGNTO;
  }

  /** The message as the kernel takes it. */
  public byte[] toBytes() {
    int length = NLMSG_HDRLEN + aligned(family.length);
    for (Attribute attribute : attributes) {
      length += aligned(ATTRIBUTE_HEADER + attribute.value.length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    // A sequence number and a port are of no use where each request awaits its answer.
    bytes.putInt(length).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
    bytes.put(family).position(NLMSG_HDRLEN + aligned(family.length));
    for (Attribute attribute : attributes) {
      int start = bytes.position();
      int size = ATTRIBUTE_HEADER + attribute.value.length;
      bytes.putShort((short) size).putShort((short) attribute.type).put(attribute.value);
      bytes.position(start + aligned(size));
    }
    return bytes.array();
  }

  /**
   * Reads the message that {@code bytes} stands on, and steps over it.
   *
   * @param familySize of the structure that it begins with
   */
  static NetlinkMessage read(ByteBuffer bytes, int familySize) {
    int start = bytes.position();
    int length = bytes.getInt();
    int type = Short.toUnsignedInt(bytes.getShort());
    int flags = Short.toUnsignedInt(bytes.getShort());
    byte[] content = new byte[length - NLMSG_HDRLEN];
    bytes.position(start + NLMSG_HDRLEN).get(content);
    bytes.position(Math.min(start + aligned(length), bytes.limit()));
    byte[] family = Arrays.copyOf(content, Math.min(familySize, content.length));
    List<Attribute> attributes =
        type < NLMSG_MIN_TYPE ? List.of() : attributes(content, aligned(family.length));
    return new NetlinkMessage(type, flags, family, attributes);
  }

  private static List<Attribute> attributes(byte[] content, int start) {
    List<Attribute> attributes = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
    int at = start;
    while (at + ATTRIBUTE_HEADER <= content.length) {
      int size = Short.toUnsignedInt(bytes.getShort(at));
      int type = Short.toUnsignedInt(bytes.getShort(at + Short.BYTES)) & TYPE_MASK;
      attributes.add(
          new Attribute(type, Arrays.copyOfRange(content, at + ATTRIBUTE_HEADER, at + size)));
      at += aligned(size);
    }
    return attributes;
  }
}
