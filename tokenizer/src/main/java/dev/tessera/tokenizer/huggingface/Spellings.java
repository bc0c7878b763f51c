package dev.tessera.tokenizer.huggingface;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tokens of a file by how they are spelled, and which of Tessera's ids each has got so far. */
final class Spellings {
  static final int NONE = -1;

  private static final int BYTES = 256;

  private final JsonField vocab;

  /** By spelling, in the file. */
  private final Map<String, Integer> listed = new LinkedHashMap<>();

  /** By spelling, in Tessera, for bytes and what merges made. */
  private final Map<String, Integer> made = new HashMap<>();

  private int[] fileIds = new int[BYTES];
  private String special = "";

  Spellings(JsonField vocab) throws IOException {
    this.vocab = vocab;
    Map<Integer, String> owners = new HashMap<>();
    for (Map.Entry<String, JsonField> entry : vocab.fields().entrySet()) {
      int id = entry.getValue().id();
      String owner = owners.put(id, entry.getKey());
      if (owner != null) {
        throw vocab.failure(
            "gives id %d to \"%s\" and to \"%s\"".formatted(id, owner, entry.getKey()));
      }
      listed.put(entry.getKey(), id);
    }
    for (int value = 0; value < BYTES; value++) {
      make(String.valueOf(ByteAlphabet.character(value)), "the byte 0x%02X".formatted(value));
    }
  }

  /** Leaves a token to be end of text. */
  void setSpecial(JsonField content, int id) throws IOException {
    special = content.text();
    if (made.containsKey(special)) {
      throw content.failure("is \"%s\", which is a byte".formatted(special));
    }
    for (Map.Entry<String, Integer> entry : listed.entrySet()) {
      if (entry.getKey().equals(special) != (entry.getValue() == id)) {
        throw vocab.failure(
            "gives \"%s\" id %d, but added_tokens gives \"%s\" id %d"
                .formatted(entry.getKey(), entry.getValue(), special, id));
      }
    }
  }

  /** Merge i; what it makes gets the next id, and what it joins is put into place i. */
  void join(JsonField merge, int i, int[] left, int[] right) throws IOException {
    String[] sides = sides(merge);
    left[i] = require(merge, sides[0]);
    right[i] = require(merge, sides[1]);
    String both = sides[0] + sides[1];
    if (made.containsKey(both) || both.equals(special)) {
      throw merge.failure("makes \"%s\", which is there already".formatted(both));
    }
    make(both, merge.path());
  }

  /** Refuses a token that no text could ever be cut into. */
  void requireAllMade() throws IOException {
    for (String spelling : listed.keySet()) {
      if (!made.containsKey(spelling) && !spelling.equals(special)) {
        throw vocab.failure(
            "holds \"%s\", which is no byte, no special token, and made by no merge"
                .formatted(spelling));
      }
    }
  }

  /** Of each of Tessera's ids so far that of the file; may be longer. */
  int[] fileIds() {
    return fileIds;
  }

  private void make(String spelling, String reason) throws IOException {
    Integer id = listed.get(spelling);
    if (id == null) {
      throw vocab.failure("lacks \"%s\", for %s".formatted(spelling, reason));
    }
    if (made.size() == fileIds.length) {
      fileIds = Arrays.copyOf(fileIds, 2 * fileIds.length);
    }
    fileIds[made.size()] = id;
    made.put(spelling, made.size());
  }

  private int require(JsonField merge, String side) throws IOException {
    Integer id = made.get(side);
    if (id == null) {
      throw merge.failure(
          "joins \"%s\", which is no byte and made by no merge before".formatted(side));
    }
    return id;
  }

  private static String[] sides(JsonField merge) throws IOException {
    if (merge.isText()) {
      String[] sides = merge.text().split(" ", -1);
      if (sides.length == 2) {
        return sides;
      }
    } else if (merge.isArray() && merge.elements().size() == 2) {
      return new String[] {merge.elements().get(0).text(), merge.elements().get(1).text()};
    }
    throw merge.mustBe("two tokens with a space between");
  }
}
