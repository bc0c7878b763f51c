package dev.tessera.transformer.evaluation.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProbesTest {
  private static final List<String> COLOURS = List.of("red", "green", "blue");

  @Test
  void theConceptOfTheSmallestAngleIsTheBest() {
    ConceptProbe probe =
        ConceptProbe.learn(
            new double[][] {{1, 0}, {3, 0}, {0, 1}, {9, 9}}, List.of("east", "east", "north", ""));
    assertThat(probe.size()).isEqualTo(2);
    assertThat(probe.best(new double[] {5, 1})).isEqualTo("east");
    assertThat(probe.rank(new double[] {5, 1}, "east")).isEqualTo(1);
    assertThat(probe.rank(new double[] {5, 1}, "north")).isEqualTo(2);
    assertThat(probe.rank(new double[] {0, 0}, "north")).isEqualTo(2);
    assertThat(probe.knows("south")).isFalse();
    assertThatThrownBy(() -> probe.rank(new double[] {1, 1}, "south"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no training picture shows south");
  }

  @Test
  void stylesAreLearnedAndReported() {
    double[][] training = points(150, 1);
    List<String> styles = names(150);
    StyleProbe probe = StyleProbe.learn(training, styles, 0).orElseThrow();
    assertThat(probe.styles()).containsExactly("blue", "green", "red");
    double[] sure = probe.probabilities(training[0]);
    assertThat(Arrays.stream(sure).sum()).isCloseTo(1, within(1e-9));

    double[][] asked =
        Arrays.stream(points(30, 2)).map(probe::probabilities).toArray(double[][]::new);
    List<String> wanted = new ArrayList<>(names(30));
    wanted.set(0, "green");
    StyleProbe.Report report = probe.report(asked, wanted);
    assertThat(report.pictures()).isEqualTo(30);
    assertThat(report.accuracy()).isEqualTo(29 / 30.0);
    // Of the green ones eleven were asked for, ten of which look it; the other one looks red.
    assertThat(report.confusion().get("green")).isEqualTo(Map.of("red", 1, "green", 10, "blue", 0));
    assertThat(probe.best(asked[1])).isEqualTo("green");
  }

  @Test
  void theSameSeedLearnsTheSameStyles() {
    double[][] training = noise(60, 5);
    StyleProbe one = StyleProbe.learn(training, names(60), 3).orElseThrow();
    StyleProbe two = StyleProbe.learn(training, names(60), 3).orElseThrow();
    for (double[] point : noise(50, 6)) {
      assertThat(one.probabilities(point)).containsExactly(two.probabilities(point));
    }
  }

  @Test
  void oneStyleIsNothingToTellApart() {
    assertThat(StyleProbe.learn(points(3, 1), List.of("a", "a", ""), 0)).isEmpty();
  }

  @Test
  void wordsOfCaptionsAreFoundInPictures() {
    List<String> captions = names(150).stream().map(name -> "A " + name + " thing").toList();
    WordProbe probe = WordProbe.learn(points(150, 1), captions, 0).orElseThrow();
    // "a" and "thing" are in every caption, so they tell nothing.
    assertThat(probe.size()).isEqualTo(3);
    double found = 0;
    double guessed = 0;
    double[][] asked = points(30, 2);
    for (int i = 0; i < 30; i++) {
      found += probe.found(asked[i], captions.get(i)) / 30;
      guessed += probe.guessed(captions.get(i)) / 30;
    }
    assertThat(found).isCloseTo(1, within(1e-9));
    assertThat(guessed).isBetween(0.3, 0.37);
    assertThat(probe.knows("something else")).isFalse();
  }

  @Test
  void rareWordsCannotBeLearned() {
    assertThat(WordProbe.learn(points(3, 1), List.of("one", "two", "three"), 0)).isEmpty();
  }

  @Test
  void neighboursComeInTheOrderOfTheirDistance() {
    double[][] rows = noise(40, 7);
    NearestNeighbours neighbours = new NearestNeighbours(rows);
    double[] point = noise(1, 8)[0];
    int[] expected =
        IntStream.range(0, 40)
            .boxed()
            .sorted((a, b) -> Double.compare(squares(rows[a], point), squares(rows[b], point)))
            .mapToInt(i -> i)
            .limit(5)
            .toArray();
    List<NearestNeighbours.Neighbour> found = neighbours.of(point, 5);
    assertThat(found.stream().mapToInt(NearestNeighbours.Neighbour::index).toArray())
        .isEqualTo(expected);
    assertThat(found.get(0).distance()).isEqualTo(Math.sqrt(squares(rows[expected[0]], point)));
    assertThat(neighbours.nearest(rows[3]).index()).isEqualTo(3);
  }

  @Test
  void withoutConceptsTheSpaceIsThatOfPrincipalComponents() {
    double[][] rows = noise(30, 9);
    String[] none = new String[30];
    Arrays.fill(none, "");
    assertThat(FeatureSpace.learn(rows, List.of(none)).name()).isEqualTo("pca3");
    assertThat(FeatureSpace.learn(rows, names(30)).name()).isEqualTo("lda2");
  }

  private static double squares(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(COLOURS.get(i % 3));
    }
    return names;
  }

  /** The i-th is near the corner of colour i mod 3. */
  private static double[][] points(int count, long seed) {
    double[][] points = noise(count, seed);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < 3; j++) {
        points[i][j] = 0.1 * points[i][j] + (i % 3 == j ? 1 : 0);
      }
    }
    return points;
  }

  private static double[][] noise(int count, long seed) {
    Random random = new Random(seed);
    double[][] rows = new double[count][3];
    for (double[] row : rows) {
      for (int i = 0; i < 3; i++) {
        row[i] = random.nextDouble();
      }
    }
    return rows;
  }
}
