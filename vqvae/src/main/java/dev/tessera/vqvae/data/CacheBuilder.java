package dev.tessera.vqvae.data;

import com.google.protobuf.ByteString;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes the files of a cache into a folder that nobody reads yet. Of every picture only some 30
 * bytes stay in memory: what it takes to know its pixels and its name again.
 */
final class CacheBuilder {
  static final String PIXELS = "pictures.bin";
  static final String RECORDS = "records.bin";
  static final String INDEX = "index.pb";
  static final String QUARANTINE = "quarantine.tsv";

  private final PictureSource source;
  private final PictureConfig config;
  private final PrepareOptions options;
  private final Identities byPixels = new Identities();
  private final Identities byId = new Identities();
  private final Digest pixelDigest = new Digest();
  private final Rgb nothing;
  private int pictures;
  private int blank;

  CacheBuilder(PictureSource source, PictureConfig config, PrepareOptions options) {
    this.source = source;
    this.config = config;
    this.options = options;
    this.nothing = Rgb.solid(config.height(), config.width(), config.background());
  }

  /**
   * Prepares all pictures.
   *
   * @param folder an empty folder for the files
   * @param key what the index shall say that the cache was made from
   * @param quarantine where the list of broken files goes if there are too many
   */
  void build(Path folder, byte[] key, Path quarantine, PrepareListener listener)
      throws IOException {
    Path listed = folder.resolve(QUARANTINE);
    try (Quarantine rejected = new Quarantine(listed);
        Drafts drafts = new Drafts(folder)) {
      pass(folder, drafts, rejected, listener);
      rejected.flush();
      requireUsable(rejected, listed, quarantine);
      Files.write(folder.resolve(INDEX), index(folder, key, drafts, rejected).toBytes());
    }
  }

  private void pass(Path folder, Drafts drafts, Quarantine rejected, PrepareListener listener)
      throws IOException {
    try (OutputStream pixels =
            new BufferedOutputStream(Files.newOutputStream(folder.resolve(PIXELS)), 1 << 20);
        PictureStream stream = source.open()) {
      pictures =
          PicturePass.run(
              stream,
              config,
              listener,
              (picture, outcome) -> {
                if (outcome instanceof PicturePass.Broken broken) {
                  rejected.add(picture.id(), broken.reason());
                } else if (outcome instanceof PicturePass.Ready ready) {
                  add(picture, ready, drafts, rejected, pixels);
                }
              });
    }
  }

  private void add(
      SourcePicture picture,
      PicturePass.Ready ready,
      Drafts drafts,
      Quarantine rejected,
      OutputStream pixels)
      throws IOException {
    byte[] rgb = ready.pixels().pixels();
    if (byId.first(new Digest().text(picture.id()).key(), 0) != Identities.NONE) {
      rejected.add(picture.id(), "another picture of the source has the same name");
      return;
    }
    if (!picture.keepsBlank() && Arrays.equals(rgb, nothing.pixels())) {
      blank++;
      return;
    }
    int first = byPixels.first(new Digest().bytes(rgb).key(), drafts.count());
    if (first != Identities.NONE) {
      drafts.addCaptions(first, ready.captions());
      return;
    }
    drafts.add(
        new PictureEntry(
            picture.id(),
            ready.captions(),
            picture.concept(),
            picture.style(),
            false,
            ready.height(),
            ready.width()));
    pixels.write(rgb);
    pixelDigest.bytes(rgb);
  }

  private void requireUsable(Quarantine rejected, Path listed, Path quarantine) throws IOException {
    if (rejected.count() > options.maxBrokenFraction() * pictures) {
      AtomicFiles.write(quarantine, out -> Files.copy(listed, out));
      throw new TooManyBrokenException(
          source.spec(), pictures, rejected, options.maxBrokenFraction(), quarantine);
    }
    if (pictures - rejected.count() - blank == 0) {
      throw new IOException(
          String.format("none of the %d pictures in %s can be used", pictures, source.spec()));
    }
  }

  private CacheIndex index(Path folder, byte[] key, Drafts drafts, Quarantine rejected)
      throws IOException {
    drafts.finish();
    boolean[] heldOut = source.split(drafts.withoutLaterCaptions(), options);
    int[] parts = new int[source.weights().length];
    Digest data = new Digest().bytes(pixelDigest.finish());
    Path records = folder.resolve(RECORDS);
    try (RecordFile.Writer writer = new RecordFile.Writer(records)) {
      drafts.forEach(
          draft -> {
            PictureEntry entry = draft.withHeldOut(heldOut[writer.count()]);
            parts[source.part(entry.id())]++;
            data.number(entry.captions().size());
            entry.captions().forEach(data::text);
            writer.append(entry.toBytes());
          });
    }
    return new CacheIndex(
        config,
        ByteString.copyFrom(key),
        parts,
        ByteString.copyFrom(Sha256.of(records)),
        rejected.count(),
        rejected.first(),
        source.notice(),
        ByteString.copyFrom(data.finish()),
        drafts.duplicates(),
        blank);
  }
}
