package dev.tessera.transformer.naming;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.transformer.model.Dropout;

/** The graph of a namer's training. */
final class NamingGraph {
  /** Places of dropout for each place of captions: its numbers and its hidden layer. */
  static final int DROPOUTS = 2;

  /** What the tensors of a place are called. */
  record Names(int place) {
    String mean() {
      return "place" + place + "/mean";
    }

    String factor() {
      return "place" + place + "/factor";
    }

    String hidden() {
      return "place" + place + "/hidden";
    }

    String out() {
      return "place" + place + "/out";
    }

    String numbers() {
      return "numbers" + place;
    }

    String parts() {
      return "parts" + place;
    }
  }

  private final CaptionForm form;
  private final ModelGraph graph;
  private final Ops ops;
  private final int batch;
  private final Dropout dropout;

  /** A graph for so many pictures. */
  NamingGraph(CaptionForm form, ModelGraph graph, int batch, Dropout dropout) {
    this.form = form;
    this.graph = graph;
    this.ops = graph.ops();
    this.batch = batch;
    this.dropout = dropout;
  }

  /**
   * −ln of how likely the right parts are, summed over pictures and places; for each place P
   * placeholders {@code numbersP} [B, F], standardised, and {@code partsP} INT32 [B].
   *
   * @param share of a picture in the loss
   * @return {@code loss} [1, 1]
   */
  GraphTensor loss(double share) {
    GraphTensor loss = place(0);
    for (int place = 1; place < form.places().size(); place++) {
      loss = ops.add(loss, place(place));
    }
    return ops.affine(loss, share, 0).named("loss");
  }

  private GraphTensor place(int place) {
    Names names = new Names(place);
    int parts = form.places().get(place).size();
    Aspect aspect = Aspect.of(form, place);
    GraphTensor x = graph.placeholder(names.numbers(), batch, aspect.size());
    x = linear(dropout.of(x, DROPOUTS * place, graph), names.hidden(), aspect.width());
    x = aspect.rectified() ? ops.relu(x) : x;
    x = linear(dropout.of(x, DROPOUTS * place + 1, graph), names.out(), parts);
    return ops.sum(ops.softmaxCrossEntropy(x, graph.indices(names.parts(), batch)));
  }

  private GraphTensor linear(GraphTensor x, String name, int outputs) {
    return ops.linear(
        x,
        graph.parameter(name + "/weight", spread(x), x.size(1), outputs),
        graph.parameter(name + "/bias", Initialiser.zeros(), outputs));
  }

  /** Keeps the variance of rows whose elements have a variance of one. */
  private static Initialiser spread(GraphTensor x) {
    return Initialiser.normal(1 / Math.sqrt((double) x.size(1)));
  }
}
