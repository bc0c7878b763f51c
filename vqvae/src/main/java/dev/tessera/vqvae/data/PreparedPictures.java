package dev.tessera.vqvae.data;

import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pictures of a source in the shape that a model sees, in a memory-mapped cache; see the
 * package for its files. Neither pixels nor captions are on the heap, only a number for each
 * picture. Safe to use on any number of threads.
 */
public final class PreparedPictures {
  /** Part of every key: another number where the same sources give other pixels or splits. */
  private static final int PREPARATION_VERSION = 2;

  private static final Logger LOG = LoggerFactory.getLogger(PreparedPictures.class);

  private final CacheIndex index;
  private final PixelStore pixels;
  private final RecordFile records;
  private final Path folder;
  private final double[] weights;
  private final int[] training;
  private final int[] heldOut;
  private final int captioned;

  private PreparedPictures(
      CacheIndex index, PixelStore pixels, RecordFile records, Path folder, double[] weights) {
    this.index = index;
    this.pixels = pixels;
    this.records = records;
    this.folder = folder;
    this.weights = weights;
    BitSet held = new BitSet();
    int withCaption = 0;
    for (int i = 0; i < size(); i++) {
      PictureEntry entry = entry(i);
      held.set(i, entry.heldOut());
      withCaption += entry.captions().isEmpty() ? 0 : 1;
    }
    this.training = IntStream.range(0, size()).filter(i -> !held.get(i)).toArray();
    this.heldOut = held.stream().toArray();
    this.captioned = withCaption;
  }

  /**
   * Opens the cache of a source, and makes it first if there is none, the source has changed or the
   * cache is damaged.
   *
   * @param cacheRoot folder of all caches, made if missing
   * @param listener is told of progress, and never called if the cache was there
   * @throws TooManyBrokenException if more files are unusable than {@code options} allows
   * @throws IOException if the source cannot be listed, nothing in it can be used, or the cache
   *     cannot be written
   */
  public static PreparedPictures prepare(
      PictureSource source,
      PictureConfig config,
      Path cacheRoot,
      PrepareOptions options,
      PrepareListener listener)
      throws IOException {
    byte[] key = key(source, config, options);
    String name = Sha256.hex(key).substring(0, 32);
    Path folder = cacheRoot.resolve(name);
    if (Files.exists(folder)) {
      try {
        return open(folder, config, key, source.weights());
      } catch (IOException | IllegalArgumentException | IllegalStateException e) {
        LOG.warn("The picture cache is damaged and is made again: {}", e.getMessage());
      }
    }
    Path quarantine = cacheRoot.resolve(name + "-" + CacheBuilder.QUARANTINE);
    CacheBuilder builder = new CacheBuilder(source, config, options);
    Files.createDirectories(cacheRoot);
    Leftovers.clear(folder);
    AtomicFiles.replaceDirectory(
        folder, unfinished -> builder.build(unfinished, key, quarantine, listener));
    return open(folder, config, key, source.weights());
  }

  private static byte[] key(PictureSource source, PictureConfig config, PrepareOptions options)
      throws IOException {
    return new Digest()
        .number(PREPARATION_VERSION)
        .number(CacheIndex.FORMAT_VERSION)
        .bytes(source.stamp())
        .number(config.height())
        .number(config.width())
        .number(config.background())
        .text(config.fit().name())
        .number(options.seed())
        .number(Double.doubleToLongBits(options.heldOutFraction()))
        .number(Double.doubleToLongBits(options.maxBrokenFraction()))
        .finish();
  }

  private static PreparedPictures open(
      Path folder, PictureConfig config, byte[] key, double[] weights) throws IOException {
    CacheIndex index = CacheIndex.read(folder.resolve(CacheBuilder.INDEX));
    if (!index.config().equals(config)
        || !Arrays.equals(index.key().toByteArray(), key)
        || index.parts().length != weights.length) {
      throw new IOException(folder + " holds the cache of another source or shape");
    }
    Path records = folder.resolve(CacheBuilder.RECORDS);
    if (!Arrays.equals(Sha256.of(records), index.recordsDigest().toByteArray())) {
      throw new IOException(records + " does not have the SHA-256 that the index states");
    }
    return new PreparedPictures(
        index,
        PixelStore.open(folder.resolve(CacheBuilder.PIXELS), index.pictures(), config.bytes()),
        RecordFile.open(records, index.pictures()),
        folder,
        weights);
  }

  /** Pictures in both parts of the split; at least 1. */
  public int size() {
    return records.count();
  }

  /** The shape of every picture. */
  public PictureConfig config() {
    return index.config();
  }

  /**
   * Copies the pixels of picture {@code i}.
   *
   * @param i 0 to size − 1
   * @param rgb H × W × 3 bytes, {@link PictureConfig#bytes}; longer arrays keep their rest
   */
  public void read(int i, byte[] rgb) {
    Objects.checkIndex(i, size());
    pixels.read(i, rgb);
  }

  /** The pixels of picture {@code i}, H × W × 3, in a new array. */
  public byte[] rgb(int i) {
    byte[] rgb = new byte[config().bytes()];
    read(i, rgb);
    return rgb;
  }

  /** Picture {@code i} with its shape. */
  public Rgb picture(int i) {
    return new Rgb(config().height(), config().width(), rgb(i));
  }

  /** What is known of picture {@code i}; read anew from the cache each time. */
  public PictureEntry entry(int i) {
    return PictureEntry.of(records.read(i));
  }

  /**
   * The pictures that training sees, in rising order, by the parts of the source.
   *
   * @return at least one part, each with how often a pass shows its pictures
   */
  public List<Part> trainingParts() {
    List<Part> parts = new ArrayList<>();
    int start = 0;
    for (int part = 0; part < weights.length; part++) {
      int first = start;
      int end = start + index.parts()[part];
      int[] own = Arrays.stream(training).filter(i -> i >= first && i < end).toArray();
      parts.add(new Part(own, weights[part]));
      start = end;
    }
    return parts;
  }

  /**
   * Pictures of one part of the source.
   *
   * @param pictures in rising order; may be none
   * @param weight how often a pass of training shows each
   */
  public record Part(int[] pictures, double weight) {}

  /** The pictures that training sees, in rising order. */
  public int[] training() {
    return training.clone();
  }

  /** The pictures that training doesn't see, in rising order; may be none. */
  public int[] heldOut() {
    return heldOut.clone();
  }

  /**
   * The pictures to measure a model on: held-out ones, or training ones where none is held out.
   *
   * @param most how many at most; they are evenly spaced
   */
  public int[] measured(int most) {
    return EvenlySpaced.of(heldOut.length > 0 ? heldOut : training, most);
  }

  /** How many files could not be used. */
  public int rejectedCount() {
    return index.rejectedCount();
  }

  /** The first files that could not be used, 100 at most, in the order of the source. */
  public List<Rejected> rejected() {
    return index.rejected();
  }

  /** The list of all files that could not be used: id, tab, reason. */
  public Path quarantine() {
    return folder.resolve(CacheBuilder.QUARANTINE);
  }

  /** Pictures left out because an earlier one has the same pixels; it has their captions too. */
  public int duplicates() {
    return index.duplicates();
  }

  /** Pictures left out because there is nothing on them. */
  public int blank() {
    return index.blank();
  }

  /** Licence and attribution of the pictures. */
  public String notice() {
    return index.notice();
  }

  /** SHA-256 over the prepared pixels, the captions and weights other than 1: 32 bytes. */
  public byte[] digest() {
    byte[] data = index.dataDigest().toByteArray();
    if (Arrays.stream(weights).allMatch(weight -> weight == 1)) {
      return data;
    }
    Digest weighted = new Digest().bytes(data);
    for (int part = 0; part < weights.length; part++) {
      weighted.number(index.parts()[part]).number(Double.doubleToLongBits(weights[part]));
    }
    return weighted.finish();
  }

  /** How many pictures have a caption. */
  public long captioned() {
    return captioned;
  }
}
