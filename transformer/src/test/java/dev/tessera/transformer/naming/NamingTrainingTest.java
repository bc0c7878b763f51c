package dev.tessera.transformer.naming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.StepReport;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Things that are patterns of blocks, each drawn with inks of its own style. */
class NamingTrainingTest {
  private static final int THINGS = 66;
  private static final int[][] INKS = {
    {0xC03010, 0xE07050}, {0x1040B0, 0x5080E0}, {0x108020, 0x60B070}
  };
  private static final int STEPS = 150;

  @TempDir private Path folder;

  private static Rgb picture(int thing, int style, int shade) {
    byte[] pixels = Rgb.solid(16, 16, 0xFFFFFF).pixels().clone();
    CounterRandom random = new CounterRandom(1, "thing", thing);
    for (int block = 0; block < 16; block++) {
      boolean inked = random.nextBoolean();
      for (int i = 0; i < 16 && inked; i++) {
        int at = (block / 4 * 4 + i / 4) * 16 + block % 4 * 4 + i % 4;
        int ink = INKS[style][(block + shade) % 2];
        pixels[3 * at] = (byte) (ink >> 16);
        pixels[3 * at + 1] = (byte) (ink >> 8);
        pixels[3 * at + 2] = (byte) ink;
      }
    }
    return new Rgb(16, 16, pixels);
  }

  private static String caption(int thing, int style) {
    return "thing%02d, %s style".formatted(thing, List.of("fire", "sea", "wood").get(style));
  }

  /** Pictures of all pairs but one in six, which training never sees. */
  private PreparedPictures prepared() throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    for (int thing = 0; thing < THINGS; thing++) {
      for (int style = 0; style < 3; style++) {
        for (int shade = 0; shade < 2 && !unseen(thing, style); shade++) {
          String name = "%d-%d-%d".formatted(thing, style, shade);
          Png.write(pictures.resolve(name + ".png"), picture(thing, style, shade));
          Files.writeString(pictures.resolve(name + ".txt"), caption(thing, style));
        }
      }
    }
    return PreparedPictures.prepare(
        PictureSource.parse(pictures.toString()),
        PictureConfig.square(16),
        folder.resolve("cache"),
        new PrepareOptions(0, 0, 0),
        PrepareListener.NONE);
  }

  private static boolean unseen(int thing, int style) {
    return thing % 2 == 0 && style == thing / 2 % 3;
  }

  private TensorMap train(CaptionForm form, PreparedPictures pictures, long seed, int steps)
      throws IOException {
    return train(form, pictures, NamingTrainingTest::allInOtherColours, seed, steps);
  }

  private TensorMap train(
      CaptionForm form,
      PreparedPictures pictures,
      UnaryOperator<List<Rgb>> throughCodes,
      long seed,
      int steps)
      throws IOException {
    return new NamingTraining(form, pictures, throughCodes, seed, Execution.fused())
        .train(
            steps,
            new byte[0],
            new Checkpoints(
                folder.resolve("checkpoints" + seed + "-" + steps + System.nanoTime()), 1),
            before -> {},
            new TrainingListener() {},
            () -> false)
        .orElseThrow();
  }

  @Test
  void bothPartsOfPairsThatItNeverSawAreNamed() throws IOException {
    PreparedPictures pictures = prepared();
    CaptionForm form = NamingTraining.form(pictures).orElseThrow();
    assertThat(form.places()).extracting(List::size).containsExactly(THINGS, 3);
    Namer namer = new Namer(form, train(form, pictures, 1, STEPS));
    assertThat(right(form, namer, 0, UnaryOperator.identity()))
        .as("things, of 33; by chance half of one")
        .isGreaterThan(20);
    assertThat(right(form, namer, 1, UnaryOperator.identity()))
        .as("styles, of 33; by chance eleven")
        .isGreaterThan(30);
  }

  @Test
  void stylesAreNamedOfWhatCodesExpressToo() throws IOException {
    PreparedPictures pictures = prepared();
    CaptionForm form = NamingTraining.form(pictures).orElseThrow();
    Namer namer =
        new Namer(form, train(form, pictures, NamingTrainingTest::allInOtherColours, 1, STEPS));
    assertThat(right(form, namer, 1, NamingTrainingTest::inOtherColours))
        .as("styles of what went through the codec, of 33")
        .isGreaterThan(30);
    assertThat(right(form, namer, 1, UnaryOperator.identity()))
        .as("styles of real pictures, of 33")
        .isGreaterThan(30);
    Namer unaware = new Namer(form, train(form, pictures, UnaryOperator.identity(), 1, STEPS));
    assertThat(right(form, unaware, 1, NamingTrainingTest::inOtherColours))
        .as("by who never saw such pictures, of 33")
        .isLessThan(25);
  }

  private static List<Rgb> allInOtherColours(List<Rgb> shown) {
    return shown.stream().map(NamingTrainingTest::inOtherColours).toList();
  }

  /** The picture as a codec gives it back that takes red for green and green for red. */
  private static Rgb inOtherColours(Rgb picture) {
    byte[] pixels = picture.pixels().clone();
    for (int i = 0; i < pixels.length; i += 3) {
      byte red = pixels[i];
      pixels[i] = pixels[i + 1];
      pixels[i + 1] = red;
    }
    return new Rgb(picture.height(), picture.width(), pixels);
  }

  /** Of 33 pictures of pairs that training never sees, those whose part is named first. */
  private static int right(CaptionForm form, Namer namer, int place, UnaryOperator<Rgb> seen) {
    int asked = 0;
    int right = 0;
    for (int thing = 0; thing < THINGS; thing++) {
      for (int style = 0; style < 3; style++) {
        if (unseen(thing, style)) {
          asked++;
          int[] expected = form.parse(caption(thing, style)).orElseThrow();
          Rgb picture = seen.apply(picture(thing, style, 0));
          int[] best = CaptionForm.best(namer.logProbabilities(picture), 1).get(0);
          right += best[place] == expected[place] ? 1 : 0;
        }
      }
    }
    assertThat(asked).isEqualTo(33);
    return right;
  }

  @Test
  void theSameSeedLearnsTheSameToTheBit() throws IOException {
    PreparedPictures pictures = prepared();
    CaptionForm form = NamingTraining.form(pictures).orElseThrow();
    TensorMap first = train(form, pictures, 3, 3);
    TensorMap second = train(form, pictures, 3, 3);
    assertThat(second.names()).isEqualTo(first.names());
    for (String name : first.names()) {
      assertThat(second.get(name)).as(name).isEqualTo(first.get(name));
    }
    assertThat(train(form, pictures, 4, 3).get("place0/out/weight"))
        .isNotEqualTo(first.get("place0/out/weight"));
  }

  private static NamingTraining naming(CaptionForm form, PreparedPictures pictures) {
    return new NamingTraining(
        form, pictures, NamingTrainingTest::allInOtherColours, 3, Execution.fused());
  }

  @Test
  void whatIsStoppedGoesOnToTheSameEnd() throws IOException {
    PreparedPictures pictures = prepared();
    CaptionForm form = NamingTraining.form(pictures).orElseThrow();
    TensorMap whole = train(form, pictures, 3, 4);
    Checkpoints checkpoints = new Checkpoints(folder.resolve("stopped"), 1);
    List<Long> done = new ArrayList<>();
    TrainingListener counting =
        new TrainingListener() {
          @Override
          public void step(StepReport report) {
            done.add(report.step());
          }
        };
    NamingTraining first = naming(form, pictures);
    List<Long> before = new ArrayList<>();
    assertThat(
            first.train(4, new byte[0], checkpoints, before::add, counting, () -> done.size() == 2))
        .isEmpty();
    NamingTraining second = naming(form, pictures);
    TensorMap resumed =
        second.train(4, new byte[0], checkpoints, before::add, counting, () -> false).orElseThrow();
    assertThat(done).containsExactly(1L, 2L, 3L, 4L);
    assertThat(before).containsExactly(0L, 2L);
    assertThat(resumed.asMap()).isEqualTo(whole.asMap());
  }
}
