package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.random.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tribuo.MutableDataset;
import org.tribuo.clustering.ClusterID;
import org.tribuo.clustering.ClusteringFactory;
import org.tribuo.clustering.kmeans.KMeansModel;
import org.tribuo.clustering.kmeans.KMeansTrainer;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.distance.DistanceType;
import org.tribuo.math.la.DenseVector;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Centres of clusters of vectors: Tribuo's k-means, begun with k-means++ (Arthur, Vassilvitskii,
 * <i>k-means++: the advantages of careful seeding</i>, SODA 2007). Vectors that are there more than
 * once count once while the centres are sought, as otherwise a set with much background would give
 * most centres to it; where there are fewer different vectors than clusters, several clusters share
 * a vector.
 */
final class ClusterCentres {
  private static final int ITERATIONS = 4;

  private final float[] centres;
  private final int[] members;
  private final int channels;

  private ClusterCentres(float[] centres, int[] members, int channels) {
    this.centres = centres;
    this.members = members;
    this.channels = channels;
  }

  /**
   * Seeks clusters.
   *
   * @param vectors rows of {@code channels} numbers, at least one row
   * @param count of the clusters
   * @param seed decides where the search begins
   */
  static ClusterCentres of(float[] vectors, int channels, int count, long seed) {
    float[][] distinct = distinct(vectors, channels);
    float[] centres = new float[count * channels];
    if (distinct.length <= count) {
      for (int i = 0; i < count; i++) {
        System.arraycopy(distinct[i % distinct.length], 0, centres, i * channels, channels);
      }
    } else {
      DenseVector[] found = kMeans(distinct, count, seed).getCentroidVectors();
      for (int i = 0; i < count; i++) {
        for (int c = 0; c < channels; c++) {
          centres[i * channels + c] = (float) found[i].get(c);
        }
      }
    }
    return new ClusterCentres(centres, members(vectors, centres, channels), channels);
  }

  private static float[][] distinct(float[] vectors, int channels) {
    Set<List<Float>> rows = new LinkedHashSet<>();
    List<float[]> distinct = new ArrayList<>();
    for (int from = 0; from < vectors.length; from += channels) {
      float[] row = Arrays.copyOfRange(vectors, from, from + channels);
      List<Float> key = new ArrayList<>(channels);
      for (float value : row) {
        key.add(value);
      }
      if (rows.add(key)) {
        distinct.add(row);
      }
    }
    return distinct.toArray(float[][]::new);
  }

  private static KMeansModel kMeans(float[][] rows, int count, long seed) {
    ClusteringFactory factory = new ClusteringFactory();
    MutableDataset<ClusterID> dataset =
        new MutableDataset<>(
            new SimpleDataSourceProvenance("vectors of the encoder", factory), factory);
    // Tribuo orders features by name.
    String[] names = new String[rows[0].length];
    Arrays.setAll(names, c -> String.format("%05d", c));
    for (float[] row : rows) {
      double[] values = new double[row.length];
      Arrays.setAll(values, c -> row[c]);
      dataset.add(new ArrayExample<>(ClusteringFactory.UNASSIGNED_CLUSTER_ID, names, values));
    }
    // Any other start leaves clusters without members at zero.
    KMeansTrainer trainer =
        new KMeansTrainer(
            count,
            ITERATIONS,
            DistanceType.L2.getDistance(),
            KMeansTrainer.Initialisation.PLUSPLUS,
            1,
            new CounterRandom(seed, "codebook placing", 0).nextLong());
    return trainer.train(dataset);
  }

  private static int[] members(float[] vectors, float[] centres, int channels) {
    int[] members = new int[centres.length / channels];
    for (int from = 0; from < vectors.length; from += channels) {
      int nearest = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int centre = 0; centre < members.length; centre++) {
        double squares = 0;
        for (int c = 0; c < channels; c++) {
          double difference = vectors[from + c] - centres[centre * channels + c];
          squares += difference * difference;
        }
        if (squares < least) {
          least = squares;
          nearest = centre;
        }
      }
      members[nearest]++;
    }
    return members;
  }

  /** A coordinate of a centre. */
  float centre(int cluster, int channel) {
    return centres[cluster * channels + channel];
  }

  /** How many of the vectors are nearest to a centre, the first of several. */
  int members(int cluster) {
    return members[cluster];
  }
}
