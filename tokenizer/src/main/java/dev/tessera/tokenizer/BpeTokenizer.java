package dev.tessera.tokenizer;

import com.oracle.labs.mlrg.olcut.config.Config;
import com.oracle.labs.mlrg.olcut.provenance.ConfiguredObjectProvenance;
import com.oracle.labs.mlrg.olcut.provenance.impl.ConfiguredObjectProvenanceImpl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.tribuo.util.tokens.Token;
import org.tribuo.util.tokens.Token.TokenType;
import org.tribuo.util.tokens.Tokenizer;

/**
 * Shows a {@link Bpe} to Tribuo: text features, document pipelines and the rest can use the tokens
 * that a model was trained with.
 *
 * <p>Offsets count Java chars of the text given to {@link #reset}, tokens follow each other without
 * gap or overlap, and the text of a token is what stands between its offsets. Ids may end inside a
 * character, since they stand for bytes; a token never does. Where ids share a character they come
 * as one token, from the start of the first character to the end of the last one that they touch,
 * so there may be fewer tokens than {@link Bpe#encode} gives ids.
 *
 * <p>A token of white space has type {@code WHITESPACE}, one of symbols {@code PUNCTUATION}. A word
 * or number that is one token has {@code WORD}, otherwise its parts have {@code PREFIX}, {@code
 * INFIX} and {@code SUFFIX}; the first part includes the space before the word.
 *
 * <p>Its provenance holds the vocabulary itself, so that a Tribuo pipeline can be made again from
 * its configuration. Not thread-safe, like every Tribuo tokenizer.
 */
public final class BpeTokenizer implements Tokenizer {
  @Config(mandatory = true, description = "The bytes of tokenizer.pb in Base64.")
  private String vocabulary;

  private Bpe bpe;
  private CaptionSplitter splitter;
  private List<Token> tokens = List.of();
  private int current = -1;

  /** For OLCUT, which sets the field and then calls {@link #postConfig}. */
  @SuppressWarnings("unused")
  private BpeTokenizer() {
    this(Bpe.train(List.of(), Bpe.MINIMUM_VOCABULARY));
  }

  public BpeTokenizer(Bpe bpe) {
    this.bpe = bpe;
    this.splitter = new CaptionSplitter(bpe.splitRule());
    this.vocabulary = Base64.getEncoder().encodeToString(bpe.toByteArray());
  }

  /** Called by OLCUT when the object was made from a configuration. */
  @Override
  public void postConfig() throws IOException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(vocabulary);
    } catch (IllegalArgumentException e) {
      throw new IOException("property vocabulary: not Base64: " + e.getMessage(), e);
    }
    bpe = Bpe.parse(bytes, "property vocabulary");
    splitter = new CaptionSplitter(bpe.splitRule());
  }

  @Override
  public void reset(CharSequence cs) {
    splitter.reset(cs);
    tokens = List.of();
    current = -1;
  }

  @Override
  public boolean advance() {
    current++;
    if (current >= tokens.size()) {
      current = 0;
      tokens = splitter.advance() ? tokensOfPiece() : List.of();
    }
    return !tokens.isEmpty();
  }

  @Override
  public Token getToken() {
    if (current < 0 || current >= tokens.size()) {
      throw new IllegalStateException(
          "the tokenizer is at no token: advance must return true first");
    }
    return tokens.get(current);
  }

  @Override
  public String getText() {
    return getToken().text;
  }

  @Override
  public int getStart() {
    return getToken().start;
  }

  @Override
  public int getEnd() {
    return getToken().end;
  }

  @Override
  public TokenType getType() {
    return getToken().type;
  }

  /** A tokenizer with the same vocabulary and no text. */
  @Override
  public BpeTokenizer clone() {
    try {
      BpeTokenizer copy = (BpeTokenizer) super.clone();
      copy.splitter = splitter.clone();
      copy.tokens = List.of();
      copy.current = -1;
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("Tokenizer is Cloneable", e);
    }
  }

  @Override
  public ConfiguredObjectProvenance getProvenance() {
    return new ConfiguredObjectProvenanceImpl(this, "Tokenizer");
  }

  private List<Token> tokensOfPiece() {
    String piece = splitter.getText();
    List<Integer> ends = ends(piece);
    List<Token> found = new ArrayList<>(ends.size());
    int start = 0;
    for (int i = 0; i < ends.size(); i++) {
      int end = ends.get(i);
      TokenType type = type(i, ends.size());
      int offset = splitter.getStart();
      found.add(new Token(piece.substring(start, end), offset + start, offset + end, type));
      start = end;
    }
    return found;
  }

  /** Where ids end in a piece, in chars, leaving out the ends inside a character. */
  private List<Integer> ends(String piece) {
    List<Integer> ends = new ArrayList<>();
    int charEnd = 0;
    int charBytes = 0;
    int idBytes = 0;
    for (int id : bpe.encodePiece(piece)) {
      idBytes += bpe.tokenBytes(id);
      while (charBytes < idBytes) {
        int codePoint = piece.codePointAt(charEnd);
        charEnd += Character.charCount(codePoint);
        charBytes += Utf8.length(codePoint);
      }
      if (charBytes == idBytes) {
        ends.add(charEnd);
      }
    }
    return ends;
  }

  private TokenType type(int part, int parts) {
    TokenType whole = splitter.getType();
    if (whole != TokenType.WORD || parts == 1) {
      return whole;
    }
    if (part == 0) {
      return TokenType.PREFIX;
    }
    return part == parts - 1 ? TokenType.SUFFIX : TokenType.INFIX;
  }
}
