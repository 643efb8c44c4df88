package dev.berth.linux.process;

import dev.berth.linux.sys.DaemonThreads;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.sys.Terminals;
import dev.berth.linux.sys.WindowSize;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * This JVM's end of a process's terminal, until the process has ended. Whoever still uses the other
 * end by then learns of it by SIGHUP, as from any terminal that goes away.
 */
final class Terminal implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Fd master;
  private final Fd reader;
  private final Fd writer;
  private boolean open = true;

  private Terminal(Fd master, Fd reader, Fd writer) {
    this.master = master;
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * A terminal that a process has made.
   *
   * @param master stays the caller's
   * @throws SyscallException if there is no descriptor left
   */
  static Terminal of(Fd master) throws SyscallException {
    // Of the open file, which all these descriptors share; the other end is another one.
    Descriptors.fcntl(master, Descriptors.F_SETFL, Directories.O_RDWR | Directories.O_NONBLOCK);
    List<Fd> copies = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        copies.add(Descriptors.duplicate(master));
      }
      return new Terminal(copies.get(0), copies.get(1), copies.get(2));
    } catch (SyscallException refused) {
      copies.forEach(Fd::close);
      throw refused;
    }
  }

  /**
   * Standard input and output by way of this terminal, which ends with the process.
   *
   * @param exit completes with the end of the process, on a thread that must not wait
   */
  Streams streams(EventLoop loop, CompletionStage<?> exit) {
    exit.thenRun(() -> DaemonThreads.startVirtual(this::closeMaster));
    return new Streams(
        new BufferedOutputStream(
            new TerminalOutputStream(this, PipeOutputStream.of(loop, writer, exit))),
        new BufferedInputStream(PipeInputStream.of(loop, reader, exit)),
        InputStream.nullInputStream(),
        Optional.of(this));
  }

  /** Tells the program of another size; it may have ended. */
  void resize(WindowSize size) throws SyscallException {
    lock.lock();
    try {
      if (open) {
        Terminals.setSize(master, size);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What stands for "end of file" just now, if anything does. */
  OptionalInt endOfFile() throws SyscallException {
    lock.lock();
    try {
      return open ? Terminals.settings(master).endOfFile() : OptionalInt.empty();
    } finally {
      lock.unlock();
    }
  }

  private void closeMaster() {
    lock.lock();
    try {
      open = false;
      master.close();
    } finally {
      lock.unlock();
    }
  }

  /** For a terminal without {@link #streams}. */
  @Override
  public void close() {
    closeMaster();
    reader.close();
    writer.close();
  }
}
