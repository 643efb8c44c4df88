package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/** The {@code struct msghdr} of one message, with its data and its {@code SCM_RIGHTS}. */
final class MessageHeader {

  static final int SOL_SOCKET = 1;
  static final int SCM_RIGHTS = 1;
  static final int MSG_CTRUNC = 0x8;
  static final int MSG_TRUNC = 0x20;
  static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

  /** What the kernel passes with one message; {@code include/net/scm.h}, not for user space. */
  private static final int SCM_MAX_FD = 253;

  static final StructLayout IOVEC = Structs.ofLongs("struct iovec", "iov_base", "iov_len");

  static final StructLayout MSGHDR =
      MemoryLayout.structLayout(
              ADDRESS.withName("msg_name"),
              JAVA_INT.withName("msg_namelen"),
              MemoryLayout.paddingLayout(4),
              ADDRESS.withName("msg_iov"),
              JAVA_LONG.withName("msg_iovlen"),
              ADDRESS.withName("msg_control"),
              JAVA_LONG.withName("msg_controllen"),
              JAVA_INT.withName("msg_flags"),
              MemoryLayout.paddingLayout(4))
          .withName("struct msghdr");

  static final StructLayout CMSGHDR =
      MemoryLayout.structLayout(
              JAVA_LONG.withName("cmsg_len"),
              JAVA_INT.withName("cmsg_level"),
              JAVA_INT.withName("cmsg_type"))
          .withName("struct cmsghdr");

  private static final long CONTROL_LENGTH = Structs.offset(MSGHDR, "msg_controllen");
  private static final long FLAGS = Structs.offset(MSGHDR, "msg_flags");
  private static final long RIGHTS_LENGTH = Structs.offset(CMSGHDR, "cmsg_len");
  private static final long RIGHTS_LEVEL = Structs.offset(CMSGHDR, "cmsg_level");
  private static final long RIGHTS_TYPE = Structs.offset(CMSGHDR, "cmsg_type");

  private final MemorySegment header;
  private final MemorySegment data;
  private final MemorySegment control;

  private MessageHeader(Arena arena, int length, int descriptors) {
    if (descriptors > SCM_MAX_FD) {
      throw new IllegalArgumentException(
          "%s descriptors in one message; %s are possible".formatted(descriptors, SCM_MAX_FD));
    }
    data = arena.allocate(length);
    control = arena.allocate(descriptors == 0 ? 0 : controlSize(descriptors), Long.BYTES);
    MemorySegment iovec = arena.allocateFrom(JAVA_LONG, data.address(), length);
    header = arena.allocate(MSGHDR);
    header.set(ADDRESS, Structs.offset(MSGHDR, "msg_iov"), iovec);
    header.set(JAVA_LONG, Structs.offset(MSGHDR, "msg_iovlen"), 1);
    header.set(ADDRESS, Structs.offset(MSGHDR, "msg_control"), control);
    header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
  }

  static MessageHeader sending(Arena arena, byte[] data, List<Fd> descriptors) {
    MessageHeader message = new MessageHeader(arena, data.length, descriptors.size());
    MemorySegment.copy(data, 0, message.data, JAVA_BYTE, 0, data.length);
    if (!descriptors.isEmpty()) {
      message.control.set(
          JAVA_LONG, RIGHTS_LENGTH, CMSGHDR.byteSize() + (long) Integer.BYTES * descriptors.size());
      message.control.set(JAVA_INT, RIGHTS_LEVEL, SOL_SOCKET);
      message.control.set(JAVA_INT, RIGHTS_TYPE, SCM_RIGHTS);
      MemorySegment numbers = message.control.asSlice(CMSGHDR.byteSize());
      for (int i = 0; i < descriptors.size(); i++) {
        numbers.setAtIndex(JAVA_INT, i, descriptors.get(i).number());
      }
    }
    return message;
  }

  static MessageHeader receiving(Arena arena, int maxData, int maxDescriptors) {
    return new MessageHeader(arena, maxData, maxDescriptors);
  }

  long address() {
    return header.address();
  }

  /** The kernel had more bytes or more descriptors than there was room for. */
  boolean isTruncated() {
    return (header.get(JAVA_INT, FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  }

  Message received(int length) {
    return new Message(data.asSlice(0, length).toArray(JAVA_BYTE), receivedDescriptors());
  }

  /** Room is given for one control message only, and nothing but SCM_RIGHTS was ever asked for. */
  private List<Fd> receivedDescriptors() {
    List<Fd> descriptors = new ArrayList<>();
    if (header.get(JAVA_LONG, CONTROL_LENGTH) >= CMSGHDR.byteSize()
        && control.get(JAVA_INT, RIGHTS_LEVEL) == SOL_SOCKET
        && control.get(JAVA_INT, RIGHTS_TYPE) == SCM_RIGHTS) {
      long bytes = control.get(JAVA_LONG, RIGHTS_LENGTH) - CMSGHDR.byteSize();
      MemorySegment numbers = control.asSlice(CMSGHDR.byteSize(), bytes);
      for (int i = 0; i < bytes / Integer.BYTES; i++) {
        descriptors.add(new Fd(numbers.getAtIndex(JAVA_INT, i)));
      }
    }
    return descriptors;
  }

  /**
   * Exactly as large as that many descriptors need ({@code CMSG_LEN}, not {@code CMSG_SPACE}): into
   * the padding of an odd number the kernel would put one descriptor more.
   */
  private static long controlSize(int descriptors) {
    return CMSGHDR.byteSize() + (long) Integer.BYTES * descriptors;
  }
}
