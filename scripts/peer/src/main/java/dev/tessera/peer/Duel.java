package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.argmax;
import static org.bytedeco.pytorch.global.torch.from_blob;
import static org.bytedeco.pytorch.global.torch.index_select;
import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.randperm;
import static org.bytedeco.pytorch.global.torch.set_num_threads;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains the discrete auto-encoder of DALLE-pytorch on pictures for a time or a number of pictures,
 * and reconstructs others: what {@code scripts/dvae-duel} compares ours with. Size and learning are
 * those that the project publishes as its defaults: hidden 64, 3 layers, 2 residual blocks, vectors
 * of 512, temperature 0.9, mean squared error, Adam at 1e-3 times 0.98 for every 100 steps, batches
 * of 8. Only the number of codes is given by the comparison: 1,024.
 *
 * <pre>
 * Duel SIDE TRAINING HELD_OUT OUTPUT NAME=VALUE…
 *   files of pictures: TRAINING, HELD_OUT, OUTPUT: rows of RGB bytes, one picture after another
 *   seconds, pictures   the budget; 0 for no limit
 *   kl, repaired        weight of the divergence (0), and whether per picture (0 or 1)
 *   batch, seed, bf16   8, 0, 1
 * </pre>
 *
 * Prints one line of NAME=VALUE: parameters, steps, pictures, seconds.
 */
public final class Duel {
  private static final int CHANNELS = 3;
  private static final int CODES = 1024;
  private static final int DECAY_EVERY = 100;
  private static final double DECAY = 0.98;
  private static final double RATE = 1e-3;

  private final DiscreteVae vae;
  private final int side;
  private final Divergence divergence;

  private Duel(int side, Map<String, Double> options) {
    this.side = side;
    VaeShape shape = new VaeShape(side, 64, 2, CODES, 512, (int) value(options, "batch"));
    vae = new DiscreteVae(shape, new Setting(value(options, "bf16") != 0, true));
    divergence = new Divergence(value(options, "kl"), value(options, "repaired") != 0);
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 4) {
      throw new IllegalArgumentException("usage: SIDE TRAINING HELD_OUT OUTPUT [NAME=VALUE]…");
    }
    Map<String, Double> options =
        new TreeMap<>(
            Map.of(
                "seconds", 0.0, "pictures", 0.0, "kl", 0.0, "repaired", 0.0, "batch", 8.0, "seed",
                0.0, "bf16", 1.0));
    for (int i = 4; i < arguments.length; i++) {
      String[] option = arguments[i].split("=", 2);
      if (option.length != 2 || !options.containsKey(option[0])) {
        throw new IllegalArgumentException("there is no option " + arguments[i]);
      }
      options.put(option[0], Double.parseDouble(option[1]));
    }
    set_num_threads(Runtime.getRuntime().availableProcessors());
    manual_seed((long) value(options, "seed"));
    Duel duel = new Duel(Integer.parseInt(arguments[0]), options);
    String done = duel.train(duel.pictures(Path.of(arguments[1])), options);
    duel.reconstruct(duel.pictures(Path.of(arguments[2])), Path.of(arguments[3]));
    System.out.println(done);
  }

  private static double value(Map<String, Double> options, String name) {
    return options.getOrDefault(name, 0.0);
  }

  private static double limit(double value) {
    return value > 0 ? value : Double.MAX_VALUE;
  }

  /** Bytes of a file, [N, side, side, 3]. */
  private Tensor pictures(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int each = side * side * CHANNELS;
    if (bytes.length == 0 || bytes.length % each != 0) {
      throw new IOException(
          file + " has " + bytes.length + " bytes, which are no pictures of " + each);
    }
    BytePointer pointer = new BytePointer(bytes);
    Tensor view =
        from_blob(
            pointer,
            new long[] {bytes.length / each, side, side, CHANNELS},
            new TensorOptions(ScalarType.Byte));
    Tensor copy = view.clone();
    pointer.close();
    return copy;
  }

  /** [B, 3, side, side] from −1 to 1, as NHWC in memory. */
  private static Tensor normalised(Tensor bytes) {
    Tensor floats = bytes.to(ScalarType.Float);
    return floats.div(new Scalar(127.5)).sub(new Scalar(1)).permute(0, 3, 1, 2);
  }

  private String train(Tensor pictures, Map<String, Double> options) {
    double seconds = limit(value(options, "seconds"));
    double most = limit(value(options, "pictures"));
    long batch = (long) value(options, "batch");
    long count = pictures.size(0);
    long start = System.nanoTime();
    long steps = 0;
    Tensor order = randperm(count);
    long next = 0;
    while ((double) (steps * batch) < most && (System.nanoTime() - start) / 1e9 < seconds) {
      if (next + batch > count) {
        order = randperm(count);
        next = 0;
      }
      PointerScope temporary = new PointerScope();
      try {
        step(index_select(pictures, 0, order.narrow(0, next, batch)), steps);
      } finally {
        temporary.close();
      }
      next += batch;
      steps++;
    }
    return String.format(
        Locale.ROOT,
        "parameters=%d steps=%d pictures=%d seconds=%.1f",
        vae.parameters().total(),
        steps,
        steps * batch,
        (System.nanoTime() - start) / 1e9);
  }

  private void step(Tensor chosen, long stepsBefore) {
    Tensor loss = vae.loss(normalised(chosen), divergence);
    loss.backward();
    long decays = stepsBefore / DECAY_EVERY;
    vae.parameters().step(RATE * Math.pow(DECAY, (double) decays));
    Results.requireFinite("loss", loss.item_float());
  }

  /** Each picture by its most likely codes. */
  private void reconstruct(Tensor pictures, Path output) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            output,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (long i = 0; i < pictures.size(0); i++) {
        ByteBuffer bytes = ByteBuffer.wrap(reconstruct(pictures.narrow(0, i, 1)));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
  }

  private byte[] reconstruct(Tensor picture) {
    byte[] bytes = new byte[side * side * CHANNELS];
    PointerScope temporary = new PointerScope();
    try {
      Gradients.without(
          () -> {
            Tensor codes =
                argmax(vae.encode(normalised(picture)), new LongOptional(1), false);
            Tensor pixels = Setting.f32(vae.decode(vae.vectors(codes)));
            Tensor levels =
                pixels.add(new Scalar(1)).mul(new Scalar(127.5)).round().clamp_min(new Scalar(0))
                    .clamp_max(new Scalar(255));
            Tensor rows = levels.permute(0, 2, 3, 1).contiguous().to(ScalarType.Byte);
            new BytePointer(rows.data_ptr()).get(bytes);
          });
    } finally {
      temporary.close();
    }
    return bytes;
  }
}
