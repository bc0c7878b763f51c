package dev.tessera.vqvae.data;

import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pictures of a source in the shape that a model sees, in a memory-mapped cache; see the
 * package for its files. Pixels are never all on the heap. Safe to use on any number of threads.
 */
public final class PreparedPictures {
  /** Part of every key: another number where the same sources give other pixels or splits. */
  private static final int PREPARATION_VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(PreparedPictures.class);

  private final CacheIndex index;
  private final PixelStore pixels;
  private final Path folder;

  private PreparedPictures(CacheIndex index, PixelStore pixels, Path folder) {
    this.index = index;
    this.pixels = pixels;
    this.folder = folder;
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
        return open(folder, config, key);
      } catch (IOException | IllegalArgumentException e) {
        LOG.warn("The picture cache is damaged and is made again: {}", e.getMessage());
      }
    }
    Path quarantine = cacheRoot.resolve(name + "-" + CacheBuilder.QUARANTINE);
    CacheBuilder builder = new CacheBuilder(source, config, options);
    Files.createDirectories(cacheRoot);
    Leftovers.clear(folder);
    AtomicFiles.replaceDirectory(
        folder, unfinished -> builder.build(unfinished, key, quarantine, listener));
    return open(folder, config, key);
  }

  private static byte[] key(PictureSource source, PictureConfig config, PrepareOptions options)
      throws IOException {
    return new Digest()
        .number(PREPARATION_VERSION)
        .number(CacheIndex.FORMAT_VERSION)
        .text(source.spec())
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

  private static PreparedPictures open(Path folder, PictureConfig config, byte[] key)
      throws IOException {
    CacheIndex index = CacheIndex.read(folder.resolve(CacheBuilder.INDEX));
    if (!index.config().equals(config) || !Arrays.equals(index.key().toByteArray(), key)) {
      throw new IOException(folder + " holds the cache of another source or shape");
    }
    PixelStore pixels =
        PixelStore.open(
            folder.resolve(CacheBuilder.PIXELS), index.entries().size(), config.bytes());
    return new PreparedPictures(index, pixels, folder);
  }

  /** Pictures in both parts of the split; at least 1. */
  public int size() {
    return index.entries().size();
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
    entry(i);
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

  /** What is known of picture {@code i}. */
  public PictureEntry entry(int i) {
    return index.entries().get(i);
  }

  /** The pictures that training sees, in rising order. */
  public int[] training() {
    return which(entry -> !entry.heldOut());
  }

  /** The pictures that training doesn't see, in rising order; may be none. */
  public int[] heldOut() {
    return which(PictureEntry::heldOut);
  }

  /**
   * The pictures to measure a model on: held-out ones, or training ones where none is held out.
   *
   * @param most how many at most; they are evenly spaced
   */
  public int[] measured(int most) {
    int[] candidates = heldOut().length > 0 ? heldOut() : training();
    int count = Math.min(most, candidates.length);
    return IntStream.range(0, count)
        .map(i -> candidates[(int) ((long) i * candidates.length / count)])
        .toArray();
  }

  private int[] which(Predicate<PictureEntry> wanted) {
    return IntStream.range(0, size()).filter(i -> wanted.test(entry(i))).toArray();
  }

  /** The files that could not be used, in the order of their ids. */
  public List<Rejected> rejected() {
    return index.rejected();
  }

  /** The list of {@link #rejected} as a file: id, tab, reason. */
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

  /** SHA-256 over the prepared pixels and the captions: 32 bytes. */
  public byte[] digest() {
    return index.dataDigest().toByteArray();
  }

  /** How many pictures have a caption. */
  public long captioned() {
    return index.entries().stream().filter(entry -> !entry.captions().isEmpty()).count();
  }
}
