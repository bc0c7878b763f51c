package dev.tessera.tokenizer.huggingface;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.tokenizer.SplitRule;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Makes a vocabulary of a file that says nothing else than a vocabulary can. */
final class TokenizerJsonReader {
  private static final Set<String> FIELDS =
      Set.of(
          "version",
          "truncation",
          "padding",
          "added_tokens",
          "normalizer",
          "pre_tokenizer",
          "post_processor",
          "decoder",
          "model");

  private static final Set<String> MODEL_FIELDS =
      Set.of(
          "type",
          "dropout",
          "unk_token",
          "continuing_subword_prefix",
          "end_of_word_suffix",
          "fuse_unk",
          "byte_fallback",
          "ignore_merges",
          "vocab",
          "merges");

  private final String name;

  TokenizerJsonReader(String name) {
    this.name = name;
  }

  TokenizerJson.Imported read(byte[] bytes) throws IOException {
    JsonField file = JsonField.parse(bytes, name);
    file.requireOnly(FIELDS);
    for (String step : new String[] {"truncation", "padding", "normalizer"}) {
      if (!file.get(step).isNull()) {
        throw file.get(step).failure("must be null: Tessera has no such step");
      }
    }
    requirePlain(file.get("post_processor"));
    if (file.get("decoder").isNull()) {
      throw file.get("decoder").mustBe("ByteLevel");
    }
    requirePlain(file.get("decoder"));
    SplitRule splitRule = splitRule(file.get("pre_tokenizer"));
    JsonField model = file.get("model");
    requireBpe(model);
    Spellings vocabulary = new Spellings(model.get("vocab"));
    int endOfText = endOfText(file.get("added_tokens"), vocabulary);
    List<JsonField> merges = model.get("merges").elements();
    int[] left = new int[merges.size()];
    int[] right = new int[merges.size()];
    for (int i = 0; i < left.length; i++) {
      vocabulary.join(merges.get(i), i, left, right);
    }
    vocabulary.requireAllMade();
    Bpe bpe;
    try {
      bpe = Bpe.of(splitRule, left, right);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: model.merges: %s".formatted(name, e.getMessage()), e);
    }
    int[] fileIds = Arrays.copyOf(vocabulary.fileIds(), bpe.vocabularySize());
    fileIds[bpe.endOfText()] = endOfText;
    return new TokenizerJson.Imported(bpe, fileIds);
  }

  /** A step that changes no id: none, or ByteLevel. */
  private static void requirePlain(JsonField step) throws IOException {
    if (!step.isNull() && !type(step).equals("ByteLevel")) {
      throw step.get("type").mustBe("ByteLevel");
    }
  }

  private static SplitRule splitRule(JsonField pre) throws IOException {
    if (pre.isNull()) {
      throw pre.mustBe("ByteLevel, or a Sequence of Split and ByteLevel");
    }
    return switch (type(pre)) {
      case "ByteLevel" -> {
        if (!usesRegex(pre)) {
          throw pre.get("use_regex").mustBe("true where no Split comes before");
        }
        yield SplitRule.GPT2;
      }
      case "Sequence" -> {
        pre.requireOnly(Set.of("type", "pretokenizers"));
        List<JsonField> steps = pre.get("pretokenizers").elements();
        if (steps.size() != 2 || !type(steps.get(0)).equals("Split")) {
          throw pre.get("pretokenizers").failure("must be a Split and a ByteLevel");
        }
        if (!type(steps.get(1)).equals("ByteLevel")) {
          throw steps.get(1).get("type").mustBe("ByteLevel");
        }
        if (usesRegex(steps.get(1))) {
          throw steps.get(1).get("use_regex").mustBe("false after a Split");
        }
        yield rule(steps.get(0));
      }
      default -> throw pre.get("type").mustBe("ByteLevel or Sequence");
    };
  }

  private static SplitRule rule(JsonField split) throws IOException {
    split.requireOnly(Set.of("type", "pattern", "behavior", "invert"));
    // All characters are in some piece, so it is the same whether pieces or what is between them
    // are kept; but removing either would leave nothing.
    if (!split.get("behavior").text().equals("Isolated")) {
      throw split.get("behavior").mustBe("Isolated");
    }
    split.get("invert").flag(false);
    JsonField regex = split.get("pattern").get("Regex");
    for (SplitRule rule : SplitRule.values()) {
      if (rule.regex().equals(regex.text())) {
        return rule;
      }
    }
    throw regex.mustBe("one of those that Tessera knows: its own and that of GPT-2");
  }

  private static boolean usesRegex(JsonField byteLevel) throws IOException {
    byteLevel.requireOnly(Set.of("type", "add_prefix_space", "trim_offsets", "use_regex"));
    if (byteLevel.get("add_prefix_space").flag(true)) {
      throw byteLevel.get("add_prefix_space").mustBe("false");
    }
    return byteLevel.get("use_regex").flag(true);
  }

  private static void requireBpe(JsonField model) throws IOException {
    model.requireOnly(MODEL_FIELDS);
    if (!model.get("type").isNull() && !type(model).equals("BPE")) {
      throw model.get("type").mustBe("BPE");
    }
    JsonField dropout = model.get("dropout");
    if (!dropout.isNull() && !dropout.isNumber(0)) {
      throw dropout.mustBe("null: bpeDropout of a configuration sets it for training");
    }
    for (String affix : new String[] {"continuing_subword_prefix", "end_of_word_suffix"}) {
      if (!model.get(affix).isNull() && !model.get(affix).text().isEmpty()) {
        throw model.get(affix).mustBe("null");
      }
    }
    if (model.get("ignore_merges").flag(false)) {
      throw model.get("ignore_merges").mustBe("false");
    }
  }

  /** The id of the special token, which the vocabulary may hold or lack; -1 without one. */
  private static int endOfText(JsonField added, Spellings vocabulary) throws IOException {
    if (added.isNull() || added.elements().isEmpty()) {
      return Spellings.NONE;
    }
    if (added.elements().size() > 1) {
      throw added.failure(
          "holds %d tokens, but may hold one: Tessera has end of text and no others"
              .formatted(added.elements().size()));
    }
    JsonField token = added.elements().get(0);
    if (!token.get("special").flag(false)) {
      throw token.get("special").mustBe("true: Tessera has end of text and no others");
    }
    int id = token.get("id").id();
    vocabulary.setSpecial(token.get("content"), id);
    return id;
  }

  private static String type(JsonField step) throws IOException {
    return step.get("type").text();
  }
}
