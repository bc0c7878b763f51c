package dev.tessera.vqvae.data;

/** Is told how far a pass over a source has come. */
@FunctionalInterface
public interface PrepareListener {
  /** For callers that don't want to know. */
  PrepareListener NONE = (done, total) -> {};

  /**
   * Called after every picture, on the thread that started the pass.
   *
   * @param done pictures so far, from 1
   * @param total pictures of the source, or −1 if that cannot be told before the end
   */
  void progress(int done, int total);
}
