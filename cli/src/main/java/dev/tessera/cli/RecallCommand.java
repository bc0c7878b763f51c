package dev.tessera.cli;

import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.evaluation.Recall;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures how exactly a model repeats what it was trained on. */
@Command(
    description = {
      "Measure how exactly a model repeats the pictures it was trained on: greedily decoded image"
          + " tokens from captions, and captions from pictures.",
      "The control asks for each picture by the caption of another."
    })
final class RecallCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final ModelOption model = new ModelOption();
  @Mixin private final MeasureOptions measured = new MeasureOptions();

  RecallCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Bundle bundle = model.bundle();
    Recall recall = Recall.of(bundle, measured.pictures(bundle, session));
    session
        .out()
        .printf(
            Locale.ROOT,
            "tokens_from_caption=%.4f captions_from_picture=%.4f control=%.4f%n",
            recall.tokensFromCaption(),
            recall.captionsFromPicture(),
            recall.control());
    return ExitCode.DONE;
  }
}
