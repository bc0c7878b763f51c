package dev.tessera.cli.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Values over the steps of a stage.
 *
 * @param name what it is, where several share a plot
 * @param points in the order of their steps, finite
 */
public record Curve(String name, List<Point> points) {
  /** A value at a step. */
  public record Point(long step, double value) {}

  public Curve {
    points = List.copyOf(points);
  }

  /** The same with means of neighbours in place of points, so that there are few enough to draw. */
  public Curve thinned(int most) {
    if (points.size() <= most) {
      return this;
    }
    List<Point> means = new ArrayList<>(most);
    for (int i = 0; i < most; i++) {
      int from = (int) ((long) i * points.size() / most);
      int to = (int) ((long) (i + 1) * points.size() / most);
      double mean = points.subList(from, to).stream().mapToDouble(Point::value).sum() / (to - from);
      means.add(new Point(points.get(to - 1).step(), mean));
    }
    return new Curve(name, means);
  }

  /** The newest value. */
  public double last() {
    return points.get(points.size() - 1).value();
  }
}
