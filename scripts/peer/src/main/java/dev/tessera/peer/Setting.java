package dev.tessera.peer;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A choice that PyTorch leaves to its user.
 *
 * @param bf16 whether products and convolutions are computed in bf16
 * @param channelsLast whether pictures are laid out NHWC, not NCHW
 */
record Setting(boolean bf16, boolean channelsLast) {
  static final Setting F32 = new Setting(false, false);

  /** Both precisions. */
  static final List<Setting> PRECISIONS = List.of(new Setting(true, false), F32);

  /** Both precisions in both layouts. */
  static final List<Setting> PRECISIONS_AND_LAYOUTS =
      List.of(new Setting(true, true), new Setting(true, false), new Setting(false, true), F32);

  /** The tensor in the precision of products. */
  Tensor cast(Tensor x) {
    return bf16 ? x.to(ScalarType.BFloat16) : x;
  }

  /** The tensor in f32. */
  static Tensor f32(Tensor x) {
    return x.to(ScalarType.Float);
  }

  /** Such as {@code bf16-nhwc}. */
  @Override
  public String toString() {
    return (bf16 ? "bf16" : "f32") + (channelsLast ? "-nhwc" : "");
  }
}
