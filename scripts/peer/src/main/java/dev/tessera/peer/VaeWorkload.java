package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.argmax;
import static org.bytedeco.pytorch.global.torch.rand;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Training, encoding and decoding of one batch of random pictures. */
final class VaeWorkload extends Workload {
  private static final double LEARNING_RATE = 1e-3;

  enum Task {
    TRAIN,
    ENCODE,
    DECODE
  }

  private final Task task;
  private final DiscreteVae vae;
  private final Tensor pictures;
  private final Tensor codes;

  VaeWorkload(Task task, VaeShape shape, Setting setting) {
    this.task = task;
    vae = new DiscreteVae(shape, setting);
    Tensor random = rand(shape.batch(), 3, shape.side(), shape.side());
    pictures = setting.channelsLast() ? random.contiguous(torch.MemoryFormat.ChannelsLast) : random;
    codes =
        rand(shape.batch(), shape.grid(), shape.grid())
            .mul(new Scalar(shape.codes()))
            .to(ScalarType.Long);
  }

  @Override
  void work() {
    switch (task) {
      case TRAIN -> train();
      case ENCODE ->
          Gradients.without(() -> argmax(vae.encode(pictures), new LongOptional(1), false));
      case DECODE -> Gradients.without(() -> vae.decode(vae.vectors(codes)));
    }
  }

  private void train() {
    Tensor loss = vae.loss(pictures);
    loss.backward();
    vae.parameters().step(LEARNING_RATE);
    Results.requireFinite("loss", loss.item_float());
  }
}
