package dev.tessera.engine.train;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Safetensors;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The checkpoints of one stage: a folder each, named by its step with leading zeros.
 *
 * <pre>
 * 00001200/training.pb             step, time, seed, digest of the run and of each other file
 * 00001200/weights.safetensors     parameters
 * 00001200/optimiser.safetensors   moments: mean/NAME, and square/NAME where Adam updates
 * 00001200/average.safetensors     exponential moving average of the parameters
 * 00001200/best.safetensors        the average that did best on held-out data, if there are any
 * 00001200/….safetensors           what a stage keeps besides: its codebook's averages, an adversary
 * </pre>
 *
 * <p>A folder appears whole or not at all, so whatever interrupts a run, the last checkpoint is
 * good.
 */
public final class Checkpoints {
  /** The version that is written, and the newest that is read. */
  public static final int FORMAT_VERSION = 1;

  private static final String STATE = "training.pb";
  private static final String EXTENSION = ".safetensors";
  private static final int MAXIMUM_STATE_BYTES = 1 << 20;

  private final Path folder;
  private final int kept;

  /** A checkpoint as read back: its state and its tensors by the name of the file. */
  public record Checkpoint(TrainingState state, Map<String, TensorMap> tensors) {
    public Checkpoint {
      tensors = Map.copyOf(tensors);
    }

    /** Whether there is a file of that name. */
    public boolean contains(String name) {
      return tensors.containsKey(name);
    }

    /** The tensors of one file. */
    public TensorMap tensors(String name) {
      TensorMap found = tensors.get(name);
      if (found == null) {
        throw new IllegalArgumentException(
            "the checkpoint holds no " + name + ", but only " + tensors.keySet());
      }
      return found;
    }
  }

  /**
   * @param folder of this stage's checkpoints; created on the first save
   * @param kept how many of the newest stay, ≥ 1
   */
  public Checkpoints(Path folder, int kept) {
    if (kept < 1) {
      throw new IllegalArgumentException("kept is " + kept + ", but must be 1 or more");
    }
    this.folder = folder;
    this.kept = kept;
  }

  /** Writes a checkpoint, then removes those too old to keep. */
  public void save(TrainingState state, Map<String, TensorMap> tensors) throws IOException {
    Files.createDirectories(folder);
    Path target = folder.resolve(String.format("%08d", state.getStep()));
    AtomicFiles.replaceDirectory(
        target,
        fresh -> {
          TrainingState.Builder complete =
              state.toBuilder().setFormatVersion(FORMAT_VERSION).clearFiles();
          for (Map.Entry<String, TensorMap> entry : new LinkedHashMap<>(tensors).entrySet()) {
            Path file = fresh.resolve(entry.getKey() + EXTENSION);
            Safetensors.write(entry.getValue(), Map.of(), file);
            complete
                .addFilesBuilder()
                .setName(entry.getKey())
                .setBytes(Files.size(file))
                .setSha256(ByteString.copyFrom(Sha256.of(file)));
          }
          Files.write(fresh.resolve(STATE), complete.build().toByteArray());
        });
    List<Path> all = all();
    for (Path old : all.subList(0, Math.max(0, all.size() - kept))) {
      AtomicFiles.deleteDirectory(old);
    }
  }

  /**
   * The newest checkpoint, every file checked against its digest.
   *
   * @param runDigest what {@link TrainingState#getRunSha256} must be: a checkpoint continues only
   *     the run that wrote it
   */
  public Optional<Checkpoint> latest(byte[] runDigest) throws IOException {
    List<Path> all = all();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Path newest = all.get(all.size() - 1);
    TrainingState state = state(newest, runDigest);
    Map<String, TensorMap> tensors = new LinkedHashMap<>();
    for (TrainingState.TensorFile file : state.getFilesList()) {
      Path path = newest.resolve(file.getName() + EXTENSION);
      if (!Files.isRegularFile(path)) {
        throw new IOException(path + " is missing, though " + STATE + " lists it");
      }
      if (!Arrays.equals(Sha256.of(path), file.getSha256().toByteArray())) {
        throw new IOException(path + " does not have the digest that " + STATE + " states");
      }
      tensors.put(file.getName(), Safetensors.read(path).tensors());
    }
    return Optional.of(new Checkpoint(state, tensors));
  }

  /**
   * How far the newest checkpoint is, without its tensors.
   *
   * @param runDigest as for {@link #latest}
   */
  public Optional<TrainingState> latestState(byte[] runDigest) throws IOException {
    List<Path> all = all();
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(state(all.get(all.size() - 1), runDigest));
  }

  private static TrainingState state(Path checkpoint, byte[] runDigest) throws IOException {
    TrainingState state = state(checkpoint.resolve(STATE));
    if (!Arrays.equals(state.getRunSha256().toByteArray(), runDigest)) {
      throw new IOException(
          checkpoint
              + " was saved by a run with another configuration or other data;"
              + " resume with those, or train into a new folder");
    }
    return state;
  }

  /** Folders of the checkpoints, oldest first. */
  public List<Path> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> path.getFileName().toString().matches("\\d{8,}"))
          .sorted(java.util.Comparator.comparingLong(Checkpoints::step))
          .toList();
    }
  }

  private static long step(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString());
  }

  /** Reads {@code training.pb} of a checkpoint. */
  public static TrainingState state(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is missing: without it, this is no checkpoint");
    }
    if (Files.size(file) > MAXIMUM_STATE_BYTES) {
      throw new IOException(file + " is larger than a training state can be");
    }
    TrainingState state;
    try {
      state = TrainingState.parseFrom(Files.readAllBytes(file));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(file + " is not a training state: " + e.getMessage(), e);
    }
    if (state.getFormatVersion() > FORMAT_VERSION) {
      throw new IOException(
          String.format(
              "%s has format version %d, but this program reads up to %d; use a newer one",
              file, state.getFormatVersion(), FORMAT_VERSION));
    }
    return state;
  }
}
