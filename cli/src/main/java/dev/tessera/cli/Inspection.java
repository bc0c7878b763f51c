package dev.tessera.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.engine.store.Safetensors;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.proto.PictureIndex;
import dev.tessera.proto.TrainingState;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.shard.TokenShards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What files say about themselves, as a tree of facts. */
final class Inspection {
  private static final String TRAINING = "training.pb";
  private static final String INDEX = "index.pb";
  private static final String TOKENIZER = "tokenizer.pb";

  /** No index of pictures is larger. */
  private static final long MAXIMUM_INDEX_BYTES = 1L << 30;

  private Inspection() {}

  /**
   * The facts of a file or folder.
   *
   * @throws IOException if it is damaged or nothing that Tessera writes
   */
  static Map<String, Object> of(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (Files.isDirectory(path)) {
      for (String name : new String[] {TRAINING, INDEX}) {
        if (Files.exists(path.resolve(name))) {
          return of(path.resolve(name));
        }
      }
      if (holdsTokens(path)) {
        return tokens(path);
      }
      throw new IOException(
          path + " is a folder, but neither a checkpoint nor a picture cache nor token shards");
    }
    String name = String.valueOf(path.getFileName());
    if (name.endsWith(".tessera")) {
      return BundleFacts.of(path, Bundle.readManifest(path));
    }
    if (name.endsWith(".safetensors")) {
      return tensors(path);
    }
    return switch (name) {
      case TRAINING -> checkpoint(path);
      case INDEX -> pictures(path);
      case TOKENIZER -> tokenizer(path);
      default ->
          throw new IOException(
              path
                  + " has no name that tells what it holds: *.tessera, *.safetensors, "
                  + String.join(", ", TRAINING, TOKENIZER, INDEX));
    };
  }

  private static boolean holdsTokens(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(TokenShards.EXTENSION));
    }
  }

  private static Map<String, Object> tokens(Path folder) throws IOException {
    TokenShards shards = TokenShards.open(folder);
    Map<String, Object> facts = facts("token shards");
    facts.put("pictures", shards.size());
    facts.put("forms", shards.forms());
    facts.put("tokensOfFirst", shards.read(0).forms().get(0).length);
    facts.put("textIds", shards.tokenizer().vocabularySize());
    facts.put("augmentation", shards.origin().augmentation());
    facts.put("seed", shards.origin().seed());
    facts.put("bundleSha256", Sha256.hex(shards.origin().bundleDigest()));
    facts.put("tokenizerSha256", Sha256.hex(shards.origin().tokenizerDigest()));
    facts.put("dataSha256", Sha256.hex(shards.origin().dataDigest()));
    return facts;
  }

  private static Map<String, Object> tensors(Path path) throws IOException {
    Safetensors.Contents contents = Safetensors.read(path);
    Map<String, Object> shapes = new LinkedHashMap<>();
    Map<String, Long> numbers = new TreeMap<>();
    contents
        .tensors()
        .asMap()
        .forEach(
            (name, tensor) -> {
              shapes.put(name, Arrays.toString(tensor.shape()));
              String type = contents.tensors().type(name).name();
              numbers.merge(type, (long) tensor.data().length, Long::sum);
            });
    Map<String, Object> facts = facts("tensors");
    facts.put("count", shapes.size());
    facts.put("numbers", numbers);
    facts.put("metadata", contents.metadata());
    facts.put("shapes", shapes);
    return facts;
  }

  private static Map<String, Object> checkpoint(Path path) throws IOException {
    TrainingState state = Checkpoints.state(path);
    Map<String, Object> files = new LinkedHashMap<>();
    for (TrainingState.TensorFile file : state.getFilesList()) {
      files.put(file.getName(), file.getBytes());
    }
    Map<String, Object> facts = facts("checkpoint");
    facts.put("formatVersion", state.getFormatVersion());
    facts.put("stage", state.getStage());
    facts.put("step", state.getStep());
    facts.put("plannedSteps", state.getPlannedSteps());
    facts.put("seconds", state.getSeconds());
    facts.put("seed", state.getSeed());
    facts.put("bestHeldOut", state.getBestHeldOut());
    facts.put("runSha256", hex(state.getRunSha256()));
    facts.put("bytes", files);
    return facts;
  }

  private static Map<String, Object> tokenizer(Path path) throws IOException {
    Bpe bpe = Bpe.read(path);
    Map<String, Object> facts = facts("tokenizer");
    facts.put("formatVersion", bpe.toProto().getFormatVersion());
    facts.put("splitRule", bpe.splitRule().name().toLowerCase(Locale.ROOT));
    facts.put("ids", bpe.vocabularySize());
    facts.put("merges", bpe.vocabularySize() - Bpe.MINIMUM_VOCABULARY);
    facts.put("endOfText", bpe.endOfText());
    return facts;
  }

  private static Map<String, Object> pictures(Path path) throws IOException {
    if (Files.size(path) > MAXIMUM_INDEX_BYTES) {
      throw new IOException(path + " is larger than any index of pictures");
    }
    PictureIndex index;
    try {
      index = PictureIndex.parseFrom(Files.readAllBytes(path));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(path + " is no picture index (" + e.getMessage() + ")", e);
    }
    Map<String, Object> facts = facts("picture cache");
    facts.put("formatVersion", index.getFormatVersion());
    facts.put("height", index.getPicture().getHeight());
    facts.put("width", index.getPicture().getWidth());
    facts.put("pictures", index.getPartPicturesList().stream().mapToInt(n -> n).sum());
    facts.put("parts", index.getPartPicturesList());
    facts.put("rejected", index.getUnusable());
    facts.put("duplicates", index.getDuplicates());
    facts.put("blank", index.getBlank());
    facts.put("dataSha256", hex(index.getDataSha256()));
    facts.put("notice", index.getNotice());
    return facts;
  }

  /** Facts that begin with what they are about. */
  static Map<String, Object> facts(String kind) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("kind", kind);
    return facts;
  }

  static String hex(ByteString bytes) {
    return Sha256.hex(bytes.toByteArray());
  }
}
