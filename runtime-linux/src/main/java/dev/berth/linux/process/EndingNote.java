package dev.berth.linux.process;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.core.state.EndingRecord;
import java.util.Optional;

/** Where the end of a process is noted, by its parent if that can, for those who are not told. */
public interface EndingNote {
  /** Of a process of which only its parent is to know. */
  EndingNote NONE =
      new EndingNote() {
        @Override
        public void write(Ending ending, Optional<MemoryKills> kills) {
          // Nobody will ask.
        }

        @Override
        public Optional<EndingRecord> read() {
          return Optional.empty();
        }
      };

  /**
   * Notes it, if there is still something to note it in: called on the event loop's thread, by the
   * parent before it reaps the process.
   */
  void write(Ending ending, Optional<MemoryKills> kills);

  /** What is noted: called by others than the parent once the process is reaped. */
  Optional<EndingRecord> read();
}
