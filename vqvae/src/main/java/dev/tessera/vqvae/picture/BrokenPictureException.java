package dev.tessera.vqvae.picture;

import java.io.IOException;

/** A file that is no picture, or one that cannot be used; the message names it and says why. */
public final class BrokenPictureException extends IOException {
  private final String reason;

  /**
   * @param name the file or upload
   * @param reason what is wrong with it, for a list that names it already
   */
  public BrokenPictureException(String name, String reason) {
    super(name + ": " + reason);
    this.reason = reason;
  }

  /** As the other constructor, with what a decoder threw. */
  public BrokenPictureException(String name, String reason, Throwable cause) {
    super(name + ": " + reason, cause);
    this.reason = reason;
  }

  /** What is wrong, without the name. */
  public String reason() {
    return reason;
  }
}
