package dev.berth.linux.process;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import java.util.Optional;

/** Where the end of a process is noted by its parent, for all who are not. */
public interface EndingNote {
  /** Of a process of which only its parent is to know. */
  EndingNote NONE =
      new EndingNote() {
        @Override
        public void write(Ending ending, Optional<MemoryKills> kills) {
          // Nobody will ask.
        }

        @Override
        public Optional<Content> read() {
          return Optional.empty();
        }
      };

  /**
   * What is noted.
   *
   * @param ending why it ended
   * @param kills what the kernel had killed for want of memory by then
   */
  record Content(Ending ending, Optional<MemoryKills> kills) {}

  /**
   * Notes it, if there is still something to note it in: called by the parent, on the event loop's
   * thread, before it reaps the process.
   */
  void write(Ending ending, Optional<MemoryKills> kills);

  /** What the parent has noted: called by others once the process is reaped. */
  Optional<Content> read();
}
