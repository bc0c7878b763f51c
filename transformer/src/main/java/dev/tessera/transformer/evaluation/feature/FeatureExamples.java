package dev.tessera.transformer.evaluation.feature;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.tribuo.MutableDataset;
import org.tribuo.Output;
import org.tribuo.OutputFactory;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Feature vectors as Tribuo takes them: every number has a name, whose order is that of numbers.
 */
final class FeatureExamples {
  private final String[] names;

  /**
   * @param size numbers of every vector
   */
  FeatureExamples(int size) {
    names = new String[size];
    for (int i = 0; i < size; i++) {
      names[i] = String.format(Locale.ROOT, "f%05d", i);
    }
  }

  <T extends Output<T>> ArrayExample<T> example(double[] features, T output) {
    return new ArrayExample<>(output, names, features);
  }

  /** A data set that is described the same at any time of day. */
  <T extends Output<T>> MutableDataset<T> dataset(
      OutputFactory<T> factory, double[][] features, List<T> outputs) {
    OffsetDateTime always = OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    MutableDataset<T> data =
        new MutableDataset<>(new SimpleDataSourceProvenance("pictures", always, factory), factory);
    for (int i = 0; i < features.length; i++) {
      data.add(example(features[i], outputs.get(i)));
    }
    return data;
  }
}
