package dev.berth.linux.lifecycle;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.EndingRecord;
import dev.berth.linux.process.EndingNote;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Optional;

/**
 * The end of a container's first process, noted in its state directory: until that is deleted,
 * every program learns it.
 *
 * @param made when the container was made: meanwhile there may be another with its id
 */
record EndingFile(StateRoot root, ContainerId id, Instant made) implements EndingNote {
  private static final System.Logger LOG = System.getLogger(EndingFile.class.getName());

  @Override
  public void write(Ending ending, Optional<MemoryKills> kills) {
    try {
      Optional<StateDirectory> found = root.find(id);
      if (found.isPresent()) {
        try (StateDirectory directory = found.get()) {
          directory.writeEnding(new EndingRecord(made, ending, kills));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // Who waits for it here is told in any case.
      LOG.log(Level.DEBUG, "container \"{0}\": its end is not noted: {1}", id, e.getMessage());
    }
  }

  @Override
  public Optional<EndingRecord> read() {
    try {
      Optional<StateDirectory> found = root.find(id);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      try (StateDirectory directory = found.get()) {
        return directory.ending().filter(record -> record.container().equals(made));
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.WARNING, "container \"{0}\": how it ended: {1}", id, e.getMessage());
      return Optional.empty();
    }
  }
}
