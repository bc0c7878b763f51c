package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.rand;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Steps of training on one batch of random tokens. */
final class GptTraining extends Workload {
  private static final double LEARNING_RATE = 3e-4;

  private final GptShape shape;
  private final Gpt gpt;
  private final Tensor ids;
  private final Tensor targets;

  GptTraining(GptShape shape, int batch, Setting setting) {
    this.shape = shape;
    gpt = Gpt.forTraining(shape, setting);
    Scalar vocabulary = new Scalar(shape.vocabulary());
    ids = rand(batch, shape.sequence()).mul(vocabulary).to(ScalarType.Long);
    targets = rand((long) batch * shape.sequence()).mul(vocabulary).to(ScalarType.Long);
  }

  @Override
  void work() {
    Tensor logits = Setting.f32(gpt.logits(ids)).view(-1, shape.vocabulary());
    Tensor loss = cross_entropy_loss(logits, targets);
    loss.backward();
    gpt.parameters().step(LEARNING_RATE);
    Results.requireFinite("loss", loss.item_float());
  }
}
