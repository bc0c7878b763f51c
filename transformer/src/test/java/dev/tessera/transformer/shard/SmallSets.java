package dev.tessera.transformer.shard;

import dev.tessera.engine.store.Sha256;
import dev.tessera.tokenizer.Bpe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Sets of a few invented records. */
final class SmallSets {
  static final Bpe TOKENIZER = Bpe.train(List.of("red heart", "red ghost", "green heart"), 262);

  private SmallSets() {}

  static TokenOrigin origin() {
    return new TokenOrigin(
        Sha256.of(new byte[] {1}),
        Sha256.of(TOKENIZER.toByteArray()),
        Sha256.of(new byte[] {2}),
        2,
        "mirrored",
        -7);
  }

  /** 2×3 tokens of 1,000 codes in two forms. */
  static ShardHeader header(int records) {
    return new ShardHeader(origin(), 1000, TOKENIZER.vocabularySize(), 2, 3, 0, records, records);
  }

  /** Every fourth is held out, every third has no caption. */
  static List<PictureTokens> records(int count, long seed) {
    Random random = new Random(seed);
    List<PictureTokens> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<int[]> captions = new ArrayList<>();
      for (int c = 0; c < i % 3; c++) {
        captions.add(random.ints(random.nextInt(9), 0, TOKENIZER.endOfText()).toArray());
      }
      List<int[]> forms = new ArrayList<>();
      boolean heldOut = i % 4 == 3;
      for (int f = 0; f < (heldOut ? 1 : 2); f++) {
        forms.add(random.ints(6, 0, 1000).toArray());
      }
      records.add(new PictureTokens("folder/é" + i + ".png", heldOut, captions, forms));
    }
    return records;
  }

  /** Writes a set and its tokenizer. */
  static Path write(Path folder, List<PictureTokens> records, int perFile) throws IOException {
    Files.createDirectories(folder);
    TOKENIZER.write(folder.resolve(TokenShards.TOKENIZER));
    try (ShardWriter writer = new ShardWriter(folder, header(records.size()), perFile)) {
      for (PictureTokens record : records) {
        writer.append(record);
      }
    }
    return folder;
  }
}
