package dev.tessera.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Tells what a file holds. */
@Command(
    description = {
      "Tell what a file of Tessera holds: a bundle (.tessera), a checkpoint (its folder or"
          + " training.pb), tensors (.safetensors), a tokenizer (tokenizer.pb), token shards"
          + " (their folder) or a cache of pictures (its folder or index.pb)."
    })
final class InspectCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The file or folder.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  InspectCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Map<String, Object> facts = Inspection.of(file);
    if (json) {
      session.out().println(new JsonMapper().writeValueAsString(facts));
    } else {
      YAMLFactory plain =
          YAMLFactory.builder()
              .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
              .disable(YAMLWriteFeature.SPLIT_LINES)
              .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
              .build();
      session.out().print(new YAMLMapper(plain).writeValueAsString(facts));
    }
    return ExitCode.DONE;
  }
}
