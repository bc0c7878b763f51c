package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.conv_transpose2d;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.empty_like;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.softmax;

import dev.tessera.peer.Parameters.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * A discrete auto-encoder with Gumbel-softmax: three strided convolutions, residual blocks and a
 * projection to the codes; the same in reverse with transposed convolutions. Shapes are logically
 * [B, C, H, W] in both layouts.
 */
final class DiscreteVae {
  private static final double TEMPERATURE = 0.9;

  private record Convolution(Parameter weight, Parameter bias, long padding) {}

  private record Residual(Convolution first, Convolution second, Convolution third) {}

  private final VaeShape shape;
  private final Setting setting;
  private final Parameters parameters = new Parameters();
  private final List<Convolution> down = new ArrayList<>();
  private final List<Convolution> up = new ArrayList<>();
  private final List<Residual> encoderBlocks = new ArrayList<>();
  private final List<Residual> decoderBlocks = new ArrayList<>();
  private final Convolution toCodes;
  private final Convolution fromCodes;
  private final Convolution toPixels;
  private final Parameter codebook;

  DiscreteVae(VaeShape shape, Setting setting) {
    this.shape = shape;
    this.setting = setting;
    int hidden = shape.hidden();
    for (int i = 0; i < VaeShape.HALVINGS; i++) {
      down.add(convolution(i == 0 ? 3 : hidden, hidden, 4));
      up.add(convolution(hidden, hidden, 4));
    }
    for (int i = 0; i < shape.blocks(); i++) {
      encoderBlocks.add(residual());
      decoderBlocks.add(residual());
    }
    toCodes = convolution(hidden, shape.codes(), 1);
    fromCodes = convolution(shape.codeChannels(), hidden, 1);
    toPixels = convolution(hidden, 3, 1);
    codebook = parameters.normal(1, shape.codes(), shape.codeChannels());
    parameters.allocateForTraining();
  }

  Parameters parameters() {
    return parameters;
  }

  private Convolution convolution(int inputs, int outputs, int kernel) {
    // As PyTorch draws them; a transposed convolution here has as many inputs as outputs.
    double bound = 1 / Math.sqrt((double) inputs * kernel * kernel);
    return new Convolution(
        parameters.uniform(bound, outputs, inputs, kernel, kernel),
        parameters.uniform(bound, outputs),
        (kernel - 1) / 2);
  }

  private Residual residual() {
    int hidden = shape.hidden();
    return new Residual(
        convolution(hidden, hidden, 3),
        convolution(hidden, hidden, 3),
        convolution(hidden, hidden, 1));
  }

  /** Pictures [B, 3, side, side] → logits of the codes [B, codes, grid, grid]. */
  Tensor encode(Tensor pictures) {
    Tensor x = pictures;
    for (Convolution convolution : down) {
      x = relu(apply(convolution, x, 2));
    }
    for (Residual block : encoderBlocks) {
      x = apply(block, x);
    }
    return apply(toCodes, x, 1);
  }

  /** Vectors [B, code channels, grid, grid] → pictures [B, 3, side, side]. */
  Tensor decode(Tensor vectors) {
    Tensor x = apply(fromCodes, vectors, 1);
    for (Residual block : decoderBlocks) {
      x = apply(block, x);
    }
    for (Convolution convolution : up) {
      x = relu(transposed(convolution, x));
    }
    return apply(toPixels, x, 1);
  }

  /** Vectors of codes: [B, grid, grid] → [B, code channels, grid, grid]. */
  Tensor vectors(Tensor codes) {
    return embedding(codebook.tensor(), codes).permute(0, 3, 1, 2);
  }

  /** Mean squared error of pictures that went through a sampled mixture of codes. */
  Tensor loss(Tensor pictures) {
    return loss(pictures, logits(pictures));
  }

  /** The same and how far the codes' distributions are from the uniform one, weighted. */
  Tensor loss(Tensor pictures, Divergence divergence) {
    Tensor logits = logits(pictures);
    Tensor loss = loss(pictures, logits);
    return divergence.weight() == 0 ? loss : loss.add(divergence.of(logits));
  }

  /** Logits of the codes in f32, [B, grid, grid, codes]. */
  private Tensor logits(Tensor pictures) {
    return Setting.f32(encode(pictures)).permute(0, 2, 3, 1);
  }

  private Tensor loss(Tensor pictures, Tensor logits) {
    Tensor noise = gumbel(logits);
    Tensor mixture = softmax(logits.add(noise).div(new Scalar(TEMPERATURE)), -1);
    Tensor vectors = matmul(setting.cast(mixture), setting.cast(codebook.tensor()));
    return mse_loss(Setting.f32(decode(vectors.permute(0, 3, 1, 2))), pictures);
  }

  private static Tensor gumbel(Tensor like) {
    Tensor noise = empty_like(like);
    Gradients.without(() -> noise.exponential_().log_().neg_());
    return noise;
  }

  private Tensor apply(Residual block, Tensor x) {
    Tensor h = relu(apply(block.first, x, 1));
    h = relu(apply(block.second, h, 1));
    return x.add(apply(block.third, h, 1));
  }

  private Tensor apply(Convolution convolution, Tensor x, int stride) {
    return conv2d(
        setting.cast(x),
        setting.cast(convolution.weight.tensor()),
        new TensorOptional(setting.cast(convolution.bias.tensor())),
        new long[] {stride, stride},
        new long[] {convolution.padding, convolution.padding},
        new long[] {1, 1},
        1);
  }

  /** Doubles both sides. */
  private Tensor transposed(Convolution convolution, Tensor x) {
    return conv_transpose2d(
        setting.cast(x),
        setting.cast(convolution.weight.tensor()),
        new TensorOptional(setting.cast(convolution.bias.tensor())),
        new long[] {2, 2},
        new long[] {1, 1},
        new long[] {0, 0},
        1,
        1,
        1);
  }
}
