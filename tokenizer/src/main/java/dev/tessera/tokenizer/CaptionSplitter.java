package dev.tessera.tokenizer;

import com.oracle.labs.mlrg.olcut.provenance.ConfiguredObjectProvenance;
import com.oracle.labs.mlrg.olcut.provenance.impl.ConfiguredObjectProvenanceImpl;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tribuo.util.tokens.Token.TokenType;
import org.tribuo.util.tokens.Tokenizer;

/**
 * Cuts a caption into pieces that cover every character of it, in the manner of GPT-2. A piece is
 *
 * <ul>
 *   <li>a run of letters and the marks that follow them, with the one space before it, if any;
 *   <li>a run of digits, with the one space before it, if any;
 *   <li>a run of anything else that is not white space: punctuation, emoji, control characters;
 *   <li>a run of white space, less the last space where that belongs to a word or a number.
 * </ul>
 *
 * <p>Because nothing is dropped, a piece of type {@link TokenType#WORD} may begin with a space.
 * What is a letter is the Unicode version of the running JDK; a difference there moves the edges of
 * pieces, never what they add up to. Not thread-safe, like every Tribuo tokenizer.
 */
public final class CaptionSplitter implements Tokenizer {
  // Each alternative is a run of single characters, which java.util.regex matches in a loop:
  // neither
  // stack nor time grows faster than the caption.
  private static final Pattern PIECE =
      Pattern.compile(
          " ?\\p{L}[\\p{L}\\p{M}]*"
              + "| ?\\p{N}+"
              + "|(?<symbols>[^\\s\\p{L}\\p{N}]+)"
              + "|(?<space>\\s+(?= [\\p{L}\\p{N}])|\\s+)",
          Pattern.UNICODE_CHARACTER_CLASS);

  private String text = "";
  private Matcher matcher = PIECE.matcher(text);
  private boolean reset;
  private boolean ready;

  @Override
  public void reset(CharSequence cs) {
    text = cs.toString();
    matcher = PIECE.matcher(text);
    reset = true;
    ready = false;
  }

  @Override
  public boolean advance() {
    if (!reset) {
      throw new IllegalStateException("the splitter has no text: call reset first");
    }
    ready = matcher.find();
    return ready;
  }

  @Override
  public String getText() {
    return text.substring(getStart(), getEnd());
  }

  @Override
  public int getStart() {
    requireReady();
    return matcher.start();
  }

  @Override
  public int getEnd() {
    requireReady();
    return matcher.end();
  }

  /**
   * {@code WORD} for letters and digits, {@code PUNCTUATION} for other runs, {@code WHITESPACE}.
   */
  @Override
  public TokenType getType() {
    requireReady();
    if (matcher.start("symbols") >= 0) {
      return TokenType.PUNCTUATION;
    }
    return matcher.start("space") >= 0 ? TokenType.WHITESPACE : TokenType.WORD;
  }

  @Override
  public CaptionSplitter clone() {
    try {
      CaptionSplitter copy = (CaptionSplitter) super.clone();
      copy.text = "";
      copy.matcher = PIECE.matcher("");
      copy.reset = false;
      copy.ready = false;
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("Tokenizer is Cloneable", e);
    }
  }

  @Override
  public ConfiguredObjectProvenance getProvenance() {
    return new ConfiguredObjectProvenanceImpl(this, "Tokenizer");
  }

  private void requireReady() {
    if (!ready) {
      throw new IllegalStateException(
          "the splitter is at no piece: advance must return true first");
    }
  }
}
