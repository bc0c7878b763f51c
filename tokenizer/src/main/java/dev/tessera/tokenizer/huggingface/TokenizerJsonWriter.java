package dev.tessera.tokenizer.huggingface;

import dev.tessera.proto.Bpe.Merge;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.tokenizer.SplitRule;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes a vocabulary in the order of fields that Hugging Face's library has. */
final class TokenizerJsonWriter {
  private final Bpe bpe;
  private final List<Merge> merges;

  /** The spelling of each id below end of text. */
  private final List<String> spellings = new ArrayList<>();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final JsonGenerator json =
      new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes);

  TokenizerJsonWriter(Bpe bpe) {
    this.bpe = bpe;
    this.merges = bpe.toProto().getMergesList();
    for (int value = 0; value < 256; value++) {
      spellings.add(String.valueOf(ByteAlphabet.character(value)));
    }
    Map<String, Integer> makers = new HashMap<>();
    for (int i = 0; i < merges.size(); i++) {
      Merge merge = merges.get(i);
      String spelling = spellings.get(merge.getLeft()) + spellings.get(merge.getRight());
      Integer before = makers.put(spelling, i);
      if (before != null) {
        throw new IllegalArgumentException(
            "merges %d and %d make the same token \"%s\", but model.vocab of a tokenizer.json has"
                    .formatted(before, i, spelling)
                + " one id for it");
      }
      spellings.add(spelling);
    }
    if (makers.containsKey(TokenizerJson.END_OF_TEXT)) {
      throw new IllegalArgumentException(
          "merge %d makes \"%s\", which in a tokenizer.json is the name of end of text"
              .formatted(makers.get(TokenizerJson.END_OF_TEXT), TokenizerJson.END_OF_TEXT));
    }
  }

  byte[] bytes() {
    json.writeStartObject();
    json.writeStringProperty("version", "1.0");
    json.writeNullProperty("truncation");
    json.writeNullProperty("padding");
    addedTokens();
    json.writeNullProperty("normalizer");
    preTokenizer();
    json.writeNullProperty("post_processor");
    json.writeName("decoder");
    byteLevel(true);
    model();
    json.writeEndObject();
    json.close();
    return bytes.toByteArray();
  }

  private void addedTokens() {
    json.writeName("added_tokens").writeStartArray().writeStartObject();
    json.writeNumberProperty("id", bpe.endOfText());
    json.writeStringProperty("content", TokenizerJson.END_OF_TEXT);
    for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      json.writeBooleanProperty(flag, false);
    }
    json.writeBooleanProperty("special", true);
    json.writeEndObject().writeEndArray();
  }

  private void preTokenizer() {
    json.writeName("pre_tokenizer");
    if (bpe.splitRule() == SplitRule.GPT2) {
      byteLevel(true);
      return;
    }
    json.writeStartObject();
    json.writeStringProperty("type", "Sequence");
    json.writeName("pretokenizers").writeStartArray();
    json.writeStartObject();
    json.writeStringProperty("type", "Split");
    json.writeName("pattern").writeStartObject();
    json.writeStringProperty("Regex", bpe.splitRule().regex());
    json.writeEndObject();
    json.writeStringProperty("behavior", "Isolated");
    json.writeBooleanProperty("invert", false);
    json.writeEndObject();
    byteLevel(false);
    json.writeEndArray().writeEndObject();
  }

  private void byteLevel(boolean regex) {
    json.writeStartObject();
    json.writeStringProperty("type", "ByteLevel");
    json.writeBooleanProperty("add_prefix_space", false);
    json.writeBooleanProperty("trim_offsets", true);
    json.writeBooleanProperty("use_regex", regex);
    json.writeEndObject();
  }

  private void model() {
    json.writeName("model").writeStartObject();
    json.writeStringProperty("type", "BPE");
    json.writeNullProperty("dropout");
    json.writeNullProperty("unk_token");
    json.writeNullProperty("continuing_subword_prefix");
    json.writeNullProperty("end_of_word_suffix");
    json.writeBooleanProperty("fuse_unk", false);
    json.writeBooleanProperty("byte_fallback", false);
    json.writeBooleanProperty("ignore_merges", false);
    json.writeName("vocab").writeStartObject();
    for (int id = 0; id < spellings.size(); id++) {
      json.writeNumberProperty(spellings.get(id), id);
    }
    json.writeNumberProperty(TokenizerJson.END_OF_TEXT, bpe.endOfText());
    json.writeEndObject();
    json.writeName("merges").writeStartArray();
    for (Merge merge : merges) {
      // No byte is spelled with a space, so this older form is clear, and every reader knows it.
      json.writeString(spellings.get(merge.getLeft()) + " " + spellings.get(merge.getRight()));
    }
    json.writeEndArray().writeEndObject();
  }
}
