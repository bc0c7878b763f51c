package dev.tessera.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

/**
 * Copies from one layout or type to another, from and to other places at each call. Running it
 * allocates nothing in Java. Not thread-safe.
 */
public final class MovingCopy {
  private final Place from;
  private final Place to;
  private final Call call;

  /**
   * @param dnn of the thread that will run it
   * @param factor of every element, before it is rounded
   */
  public MovingCopy(OneDnn dnn, Layout from, Layout to, float factor) {
    this.from = new Place(from);
    this.to = new Place(to);
    call =
        dnn.scaledReorder(from, to)
            .with(DNNL_ARG_FROM, this.from)
            .and(DNNL_ARG_TO, this.to)
            .and(
                DNNL_ARG_ATTR_SCALES | DNNL_ARG_FROM,
                dnn.constant(factor, () -> new float[] {factor}, 1))
            .call();
  }

  /**
   * Copies.
   *
   * @param source address of the first element
   * @param target the same of where it goes
   */
  public void run(long source, long target) {
    from.move(source);
    to.move(target);
    call.run();
  }
}
