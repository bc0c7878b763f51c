package dev.tessera.vqvae.data;

import com.google.protobuf.ByteString;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the files of a cache into a folder that nobody reads yet. */
final class CacheBuilder {
  static final String PIXELS = "pictures.bin";
  static final String INDEX = "index.pb";
  static final String QUARANTINE = "quarantine.tsv";

  private final PictureSource source;
  private final PictureConfig config;
  private final PrepareOptions options;
  private final List<Draft> drafts = new ArrayList<>();
  private final Map<ByteString, Draft> byPixels = new HashMap<>();
  private final List<Rejected> rejected = new ArrayList<>();
  private final Digest pixelDigest = new Digest();
  private final Rgb nothing;
  private int duplicates;
  private int blank;

  /** A picture that more captions may come to. */
  private record Draft(SourcePicture picture, Set<String> captions, int height, int width) {
    PictureEntry entry() {
      return new PictureEntry(
          picture.id(),
          List.copyOf(captions),
          picture.concept(),
          picture.style(),
          false,
          height,
          width);
    }
  }

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
    List<SourcePicture> pictures = source.pictures();
    try (OutputStream pixels =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve(PIXELS)), 1 << 20)) {
      PicturePass.run(
          pictures, config, listener, (picture, outcome) -> add(picture, outcome, pixels));
    }
    if (rejected.size() > options.maxBrokenFraction() * pictures.size()) {
      AtomicFiles.write(quarantine, out -> out.write(quarantineText()));
      throw new TooManyBrokenException(
          source.spec(), pictures.size(), rejected, options.maxBrokenFraction(), quarantine);
    }
    if (drafts.isEmpty()) {
      throw new IOException(
          String.format(
              "none of the %d pictures in %s can be used", pictures.size(), source.spec()));
    }
    Files.write(folder.resolve(QUARANTINE), quarantineText());
    Files.write(folder.resolve(INDEX), index(key).toBytes());
  }

  private void add(SourcePicture picture, PicturePass.Outcome outcome, OutputStream pixels)
      throws IOException {
    if (outcome instanceof PicturePass.Ready ready) {
      add(picture, ready, pixels);
    } else if (outcome instanceof PicturePass.Broken broken) {
      rejected.add(new Rejected(picture.id(), broken.reason()));
    }
  }

  private void add(SourcePicture picture, PicturePass.Ready ready, OutputStream pixels)
      throws IOException {
    byte[] rgb = ready.pixels().pixels();
    if (!source.keepsBlank() && Arrays.equals(rgb, nothing.pixels())) {
      blank++;
      return;
    }
    ByteString identity = ByteString.copyFrom(Sha256.of(rgb));
    Draft first = byPixels.get(identity);
    if (first != null) {
      duplicates++;
      first.captions().addAll(ready.captions());
      return;
    }
    Draft draft =
        new Draft(picture, new LinkedHashSet<>(ready.captions()), ready.height(), ready.width());
    byPixels.put(identity, draft);
    drafts.add(draft);
    pixels.write(rgb);
    pixelDigest.bytes(rgb);
  }

  private CacheIndex index(byte[] key) throws IOException {
    List<PictureEntry> entries = new ArrayList<>();
    for (Draft draft : drafts) {
      entries.add(draft.entry());
    }
    boolean[] heldOut = source.split(List.copyOf(entries), options);
    Digest data = new Digest().bytes(pixelDigest.finish());
    for (int i = 0; i < heldOut.length; i++) {
      PictureEntry entry = entries.get(i).withHeldOut(heldOut[i]);
      entries.set(i, entry);
      data.number(entry.captions().size());
      entry.captions().forEach(data::text);
    }
    return new CacheIndex(
        config,
        ByteString.copyFrom(key),
        entries,
        rejected,
        source.notice(),
        ByteString.copyFrom(data.finish()),
        duplicates,
        blank);
  }

  private byte[] quarantineText() {
    StringBuilder text = new StringBuilder();
    for (Rejected file : rejected) {
      text.append(cell(file.id())).append('\t').append(cell(file.reason())).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String cell(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\r", "\\r")
        .replace("\n", "\\n");
  }
}
