package dev.tessera.transformer.shard;

import dev.tessera.engine.store.Sha256;
import dev.tessera.tokenizer.Bpe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A set of pictures as tokens, in a folder of mapped files. Safe to read on any thread. */
public final class TokenShards {
  /** The name of the vocabulary beside the tokens. */
  public static final String TOKENIZER = "tokenizer.pb";

  /** What names of files of tokens end in. */
  public static final String EXTENSION = ".tok";

  private final Bpe tokenizer;
  private final List<TokenShard> shards;
  private final int perFile;

  private TokenShards(Bpe tokenizer, List<TokenShard> shards) {
    this.tokenizer = tokenizer;
    this.shards = shards;
    this.perFile = shards.get(0).header().records();
  }

  /**
   * Opens a whole set.
   *
   * @throws IOException if a file cannot be opened, or if the files are not all those of one set
   *     with its tokenizer
   */
  public static TokenShards open(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(EXTENSION)).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new IOException(folder + " holds no tokens (*.tok)");
    }
    List<TokenShard> shards = new ArrayList<>();
    for (Path file : files) {
      shards.add(TokenShard.open(file));
    }
    shards.sort(Comparator.comparingInt(shard -> shard.header().firstRecord()));
    requireWhole(shards, folder);
    Path tokenizerFile = folder.resolve(TOKENIZER);
    Bpe tokenizer = Bpe.read(tokenizerFile);
    byte[] expected = shards.get(0).header().origin().tokenizerDigest();
    if (!Arrays.equals(Sha256.of(tokenizer.toByteArray()), expected)) {
      throw new IOException(tokenizerFile + " is not the tokenizer of the tokens beside it");
    }
    return new TokenShards(tokenizer, shards);
  }

  /**
   * All files but the last hold as many records as the first, so that a record is found at once.
   */
  private static void requireWhole(List<TokenShard> shards, Path folder) throws IOException {
    ShardHeader first = shards.get(0).header();
    int next = 0;
    for (TokenShard shard : shards) {
      ShardHeader header = shard.header();
      int count = Math.min(first.records(), first.totalRecords() - next);
      if (count <= 0 || !header.equals(first.of(next, count))) {
        throw new IOException(
            "%s does not hold one whole set: found records %d to %d of %d where those from %d on"
                    .formatted(
                        folder,
                        header.firstRecord(),
                        header.firstRecord() + header.records() - 1,
                        header.totalRecords(),
                        next)
                + " of the set of the first file were expected");
      }
      next += count;
    }
    if (next != first.totalRecords()) {
      throw new IOException(
          "%s holds %d of the %d records of its set".formatted(folder, next, first.totalRecords()));
    }
  }

  /** The vocabulary of the captions. */
  public Bpe tokenizer() {
    return tokenizer;
  }

  /** Pictures of the set. */
  public int size() {
    return shards.get(0).header().totalRecords();
  }

  /** Forms of each training picture. */
  public int forms() {
    return shards.get(0).header().origin().forms();
  }

  /** What the set was made from. */
  public TokenOrigin origin() {
    return shards.get(0).header().origin();
  }

  /**
   * A picture's tokens, read anew each time.
   *
   * @param picture 0 to size − 1
   */
  public PictureTokens read(int picture) {
    return shards.get(picture / perFile).read(picture % perFile);
  }
}
