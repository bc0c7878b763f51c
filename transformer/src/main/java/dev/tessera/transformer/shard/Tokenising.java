package dev.tessera.transformer.shard;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes token shards of a set of pictures, or finds that they have been made. */
public final class Tokenising {
  private static final Logger LOG = LoggerFactory.getLogger(Tokenising.class);

  /** Pictures whose tokens are in memory at a time. */
  private static final int CHUNK = 64;

  private final PreparedPictures pictures;
  private final PictureCodec codec;
  private final Bpe tokenizer;
  private final Augmentation augmentation;
  private final long seed;
  private final TokenOrigin origin;

  /**
   * What is to be made.
   *
   * @param bundleDigest SHA-256 of the bundle that the codec comes from
   * @param forms of each training picture, 1 to 100
   * @param augmentation makes the forms after the first; a picture whose caption says that left is
   *     not right is not mirrored
   */
  public Tokenising(
      PreparedPictures pictures,
      PictureCodec codec,
      byte[] bundleDigest,
      Bpe tokenizer,
      int forms,
      Augmentation augmentation,
      long seed) {
    this.pictures = pictures;
    this.codec = codec;
    this.tokenizer = tokenizer;
    this.augmentation = augmentation;
    this.seed = seed;
    this.origin =
        new TokenOrigin(
            bundleDigest,
            Sha256.of(tokenizer.toByteArray()),
            pictures.digest(),
            forms,
            forms > 1 ? augmentation.toString() : "",
            forms > 1 ? seed : 0);
  }

  /**
   * The tokens that a folder holds.
   *
   * @throws IOException if they cannot be read, or were made from something else
   */
  public TokenShards open(Path folder) throws IOException {
    return requireOwn(TokenShards.open(folder), folder);
  }

  private TokenShards requireOwn(TokenShards shards, Path folder) throws IOException {
    List<String> differences = shards.origin().differencesFrom(origin);
    if (!differences.isEmpty()) {
      throw new IOException(
          "%s holds other tokens than this run needs: %s"
              .formatted(folder, String.join("; ", differences)));
    }
    return shards;
  }

  /** The tokens that a folder holds, whatever they were made from; none if they are damaged. */
  public static Optional<TokenShards> found(Path folder) {
    if (!Files.exists(folder)) {
      return Optional.empty();
    }
    try {
      return Optional.of(TokenShards.open(folder));
    } catch (IOException e) {
      LOG.warn("The tokens are made again: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The tokens that were found in a folder, made now if there are none or others are needed.
   *
   * @param found by {@link #found} in the folder
   * @param listener is told of progress, and never called if they were there
   * @param stop asked now and then
   * @throws CancellationException if asked to stop; the folder is as it was
   */
  public TokenShards takeOrMake(
      Optional<TokenShards> found, Path folder, PrepareListener listener, BooleanSupplier stop)
      throws IOException {
    if (found.isPresent()) {
      try {
        return requireOwn(found.get(), folder);
      } catch (IOException e) {
        LOG.warn("The tokens are made again: {}", e.getMessage());
      }
    }
    return make(folder, listener, stop);
  }

  /**
   * Makes the tokens; they appear in the folder whole or not at all, and replace what was there.
   *
   * @param folder in a folder that exists
   * @param stop asked now and then
   * @throws CancellationException if asked to stop; the folder is as it was
   */
  public TokenShards make(Path folder, PrepareListener listener, BooleanSupplier stop)
      throws IOException {
    AtomicFiles.replaceDirectory(folder, unfinished -> write(unfinished, listener, stop));
    return TokenShards.open(folder);
  }

  private void write(Path folder, PrepareListener listener, BooleanSupplier stop)
      throws IOException {
    tokenizer.write(folder.resolve(TokenShards.TOKENIZER));
    VqvaeConfig config = codec.config();
    ShardHeader set =
        new ShardHeader(
            origin,
            config.quantiser().codebookSize(),
            tokenizer.vocabularySize(),
            config.gridHeight(),
            config.gridColumns(),
            0,
            pictures.size(),
            pictures.size());
    int total = pictures.training().length * origin.forms() + pictures.heldOut().length;
    int done = 0;
    try (ShardWriter writer = new ShardWriter(folder, set)) {
      for (int start = 0; start < pictures.size(); start += CHUNK) {
        if (stop.getAsBoolean()) {
          throw new CancellationException();
        }
        done += write(writer, start, Math.min(pictures.size(), start + CHUNK));
        listener.progress(done, total);
      }
    }
  }

  /** A form of a picture that is to be encoded. */
  private record Form(int picture, int number) {}

  /** Writes some pictures; returns how many forms they have. */
  private int write(ShardWriter writer, int from, int to) throws IOException {
    List<PictureEntry> entries = new ArrayList<>();
    List<Form> all = new ArrayList<>();
    for (int picture = from; picture < to; picture++) {
      PictureEntry entry = pictures.entry(picture);
      entries.add(entry);
      for (int number = 0; number < forms(entry); number++) {
        all.add(new Form(picture, number));
      }
    }
    int[][] codes =
        codec.encode(all.size(), i -> form(all.get(i), entries.get(all.get(i).picture() - from)));
    int next = 0;
    for (PictureEntry entry : entries) {
      List<int[]> captions = entry.captions().stream().map(tokenizer::encode).toList();
      List<int[]> forms = Arrays.asList(codes).subList(next, next + forms(entry));
      writer.append(new PictureTokens(entry.id(), entry.heldOut(), captions, forms));
      next += forms.size();
    }
    return next;
  }

  /** Training draws one of several; measuring looks at the picture itself. */
  private int forms(PictureEntry entry) {
    return entry.heldOut() ? 1 : origin.forms();
  }

  private Rgb form(Form form, PictureEntry entry) {
    Rgb picture = pictures.picture(form.picture());
    if (form.number() == 0) {
      return picture;
    }
    Augmentation change = entry.allowed(augmentation);
    String purpose = "variant " + form.number();
    return change.apply(picture, new CounterRandom(seed, purpose, form.picture()));
  }
}
