package dev.tessera.transformer.evaluation.feature;

import com.oracle.labs.mlrg.olcut.util.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.tribuo.math.distance.L2Distance;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.SGDVector;
import org.tribuo.math.neighbour.NeighboursQuery;
import org.tribuo.math.neighbour.bruteforce.NeighboursBruteForceFactory;

/** The nearest of many vectors by Euclidean distance: Tribuo's exact search over all of them. */
public final class NearestNeighbours {
  private final NeighboursQuery query;
  private final int size;

  /**
   * A neighbour.
   *
   * @param index of the vector
   * @param distance to it
   */
  public record Neighbour(int index, double distance) {}

  /**
   * @param vectors [any, at least 1][d]
   */
  public NearestNeighbours(double[][] vectors) {
    size = vectors.length;
    query =
        new NeighboursBruteForceFactory(new L2Distance(), 1).createNeighboursQuery(dense(vectors));
  }

  /** How many vectors there are. */
  public int size() {
    return size;
  }

  /**
   * The nearest vectors, the nearest first; of equally near ones that of the lower index.
   *
   * @param count how many, 1 to {@link #size}
   */
  public List<Neighbour> of(double[] point, int count) {
    List<Neighbour> found = new ArrayList<>();
    for (Pair<Integer, Double> pair : query.query(DenseVector.createDenseVector(point), count)) {
      found.add(new Neighbour(pair.getA(), pair.getB()));
    }
    found.sort(Comparator.comparingDouble(Neighbour::distance).thenComparingInt(Neighbour::index));
    return found;
  }

  /** The nearest vector. */
  public Neighbour nearest(double[] point) {
    return of(point, 1).get(0);
  }

  private static SGDVector[] dense(double[][] vectors) {
    return Arrays.stream(vectors).map(DenseVector::createDenseVector).toArray(SGDVector[]::new);
  }
}
