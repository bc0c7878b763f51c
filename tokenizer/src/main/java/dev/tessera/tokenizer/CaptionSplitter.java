package dev.tessera.tokenizer;

import com.oracle.labs.mlrg.olcut.config.Config;
import com.oracle.labs.mlrg.olcut.provenance.ConfiguredObjectProvenance;
import com.oracle.labs.mlrg.olcut.provenance.impl.ConfiguredObjectProvenanceImpl;
import java.util.regex.Matcher;
import org.tribuo.util.tokens.Token.TokenType;
import org.tribuo.util.tokens.Tokenizer;

/**
 * Cuts a text into the pieces of a {@link SplitRule}, which cover every character of it.
 *
 * <p>Because nothing is dropped, a piece of type {@link TokenType#WORD} may begin with a space.
 * What is a letter is the Unicode version of the running JDK; a difference there moves the edges of
 * pieces, never what they add up to. Not thread-safe, like every Tribuo tokenizer.
 */
public final class CaptionSplitter implements Tokenizer {
  @Config(description = "How texts are cut.")
  private SplitRule rule = SplitRule.CAPTIONS;

  private String text = "";
  private Matcher matcher = rule.pattern().matcher(text);
  private boolean reset;
  private boolean ready;

  /** Cuts as {@link SplitRule#CAPTIONS} says. */
  public CaptionSplitter() {}

  CaptionSplitter(SplitRule rule) {
    this.rule = rule;
  }

  @Override
  public void reset(CharSequence cs) {
    text = cs.toString();
    matcher = rule.pattern().matcher(text);
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
      copy.matcher = rule.pattern().matcher("");
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
