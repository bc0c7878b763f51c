package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.multinomial;
import static org.bytedeco.pytorch.global.torch.rand;
import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.zeros;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Samples one picture for each of some prompts, token by token over cached keys and values. */
final class GptDecoding extends Workload {
  private final InferenceMode mode = new InferenceMode(true);
  private final GptShape shape;
  private final Gpt gpt;
  private final Tensor prompts;
  private final List<Gpt.Cache> caches = new ArrayList<>();

  GptDecoding(GptShape shape, int batch, Setting setting) {
    this.shape = shape;
    gpt = Gpt.forInference(shape, setting);
    prompts = rand(batch, shape.text()).mul(new Scalar(firstCode())).to(ScalarType.Long);
    for (int layer = 0; layer < shape.layers(); layer++) {
      caches.add(new Gpt.Cache(cache(batch, setting), cache(batch, setting)));
    }
  }

  private Tensor cache(int batch, Setting setting) {
    return setting.cast(zeros(batch, shape.heads(), shape.sequence(), shape.headWidth()));
  }

  /** The whole time, for each of the picture's tokens. */
  @Override
  double unitsPerSecond() {
    return 1e3 / shape.image();
  }

  @Override
  void work() {
    Tensor token = prompts.narrow(1, 0, 1).clone();
    step(token, prompts, 0);
    for (long position = shape.text(); position < shape.sequence() - 1; position++) {
      step(token, token, position);
    }
  }

  /** Puts the token after some inputs in place of the one before it. */
  private void step(Tensor token, Tensor inputs, long start) {
    PointerScope temporary = new PointerScope();
    try {
      Tensor logits = gpt.nextLogits(inputs, start, caches);
      Tensor codes = Setting.f32(logits.narrow(-1, firstCode(), shape.codes()));
      token.copy_(multinomial(softmax(codes, -1), 1).add(new Scalar(firstCode())));
    } finally {
      temporary.close();
    }
  }

  private int firstCode() {
    return shape.vocabulary() - shape.codes();
  }

  @Override
  public void close() {
    mode.close();
    super.close();
  }
}
