package dev.tessera.transformer.shard;

import dev.tessera.proto.TokenRecord;
import dev.tessera.proto.TokenRecord.Tokens;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A picture with its captions, as tokens.
 *
 * @param sourceId name of the picture in its source
 * @param heldOut whether training must not see it
 * @param captions ids of each alternative, without end of text; none for a picture without text
 * @param forms token grids in raster order, each of H'·W' codes; the first is the picture itself
 */
public record PictureTokens(
    String sourceId, boolean heldOut, List<int[]> captions, List<int[]> forms) {
  public PictureTokens {
    captions = List.copyOf(captions);
    forms = List.copyOf(forms);
  }

  TokenRecord toProto() {
    TokenRecord.Builder proto = TokenRecord.newBuilder().setSourceId(sourceId).setHeldOut(heldOut);
    captions.forEach(ids -> proto.addCaptions(tokens(ids)));
    forms.forEach(ids -> proto.addForms(tokens(ids)));
    return proto.build();
  }

  static PictureTokens fromProto(TokenRecord proto) {
    return new PictureTokens(
        proto.getSourceId(),
        proto.getHeldOut(),
        proto.getCaptionsList().stream().map(PictureTokens::ids).toList(),
        proto.getFormsList().stream().map(PictureTokens::ids).toList());
  }

  /**
   * Refuses what the header of its file does not allow.
   *
   * @throws IllegalArgumentException that says what was found and expected
   */
  void requireFits(ShardHeader header) {
    int expected = heldOut ? 1 : header.origin().forms();
    if (forms.size() != expected) {
      throw new IllegalArgumentException(
          "has %d forms, but must have %d".formatted(forms.size(), expected));
    }
    for (int[] codes : forms) {
      if (codes.length != header.tokens()) {
        throw new IllegalArgumentException(
            "has a form of %d tokens, but must have %d".formatted(codes.length, header.tokens()));
      }
      requireBelow("image token", codes, header.imageVocabulary());
    }
    captions.forEach(ids -> requireBelow("text token", ids, header.textVocabulary() - 1));
  }

  private static void requireBelow(String name, int[] ids, int limit) {
    for (int id : ids) {
      if (id < 0 || id >= limit) {
        throw new IllegalArgumentException(
            "has %s %s, but must have 0 to %d"
                .formatted(name, Integer.toUnsignedString(id), limit - 1));
      }
    }
  }

  private static Tokens tokens(int[] ids) {
    Tokens.Builder tokens = Tokens.newBuilder();
    IntStream.of(ids).forEach(tokens::addIds);
    return tokens.build();
  }

  private static int[] ids(Tokens tokens) {
    int[] ids = new int[tokens.getIdsCount()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = tokens.getIds(i);
    }
    return ids;
  }
}
