package dev.tessera.cli;

import dev.tessera.proto.Manifest;
import dev.tessera.proto.Manifest.TensorShape;
import dev.tessera.proto.Provenance;
import dev.tessera.proto.RankerConfig;
import dev.tessera.proto.TransformerConfig;
import dev.tessera.proto.VqvaeConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a bundle's manifest says. */
final class BundleFacts {
  private BundleFacts() {}

  static Map<String, Object> of(Path file, Manifest manifest) {
    Map<String, Object> facts = Inspection.facts("bundle");
    facts.put("file", file.toString());
    facts.put("formatVersion", manifest.getFormatVersion());
    facts.put("vqvae", vqvae(manifest.getVqvae()));
    if (manifest.hasTransformer()) {
      facts.put("transformer", transformer(manifest.getTransformer()));
    }
    if (manifest.hasRanker()) {
      facts.put("ranker", ranker(manifest.getRanker()));
    }
    facts.put("provenance", provenance(manifest.getProvenance()));
    Map<String, Object> entries = new LinkedHashMap<>();
    for (Manifest.Entry entry : manifest.getEntriesList()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("bytes", entry.getBytes());
      one.put("sha256", Inspection.hex(entry.getSha256()));
      if (entry.getTensorsCount() > 0) {
        one.put("numbers", numbers(entry.getTensorsList()));
      }
      entries.put(entry.getName(), one);
    }
    facts.put("entries", entries);
    return facts;
  }

  /** How many numbers there are of each type. */
  private static Map<String, Long> numbers(List<TensorShape> tensors) {
    Map<String, Long> numbers = new TreeMap<>();
    for (TensorShape tensor : tensors) {
      long count = tensor.getSizesList().stream().reduce(1L, (a, b) -> a * b);
      numbers.merge(tensor.getType().name(), count, Long::sum);
    }
    return numbers;
  }

  private static Map<String, Object> vqvae(VqvaeConfig config) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("height", config.getPicture().getHeight());
    facts.put("width", config.getPicture().getWidth());
    facts.put("downsampling", config.getDownsampling());
    facts.put("channels", config.getWidth());
    facts.put("gridChannels", config.getGridWidth());
    facts.put("residualBlocks", config.getResidualBlocks());
    facts.put("loss", config.getLoss().name().toLowerCase(Locale.ROOT));
    switch (config.getQuantiserCase()) {
      case FSQ -> facts.put("fsqLevels", config.getFsq().getLevelsList());
      case GUMBEL_SOFTMAX -> facts.put("gumbelCodes", config.getGumbelSoftmax().getCodebookSize());
      case VECTOR_QUANTISER -> facts.put("vqCodes", config.getVectorQuantiser().getCodebookSize());
      case LOOKUP_FREE -> facts.put("lfqBits", config.getLookupFree().getBits());
      case QUANTISER_NOT_SET -> facts.put("quantiser", "unknown to this version");
    }
    return facts;
  }

  private static Map<String, Object> transformer(TransformerConfig config) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("textVocabulary", config.getTextVocabulary());
    facts.put("textLength", config.getTextLength());
    facts.put("imageVocabulary", config.getImageVocabulary());
    facts.put("gridHeight", config.getGridHeight());
    facts.put("gridWidth", config.getGridWidth());
    facts.put("width", config.getWidth());
    facts.put("layers", config.getLayers());
    facts.put("heads", config.getHeads());
    facts.put("positions", config.getPositions().name().toLowerCase(Locale.ROOT));
    facts.put("sandwichNorm", config.getSandwichNorm());
    facts.put("queryKeyNorm", config.getQueryKeyNorm());
    facts.put("infilling", config.getInfilling());
    facts.put("neighbourhood", config.getNeighbourhood());
    return facts;
  }

  private static Map<String, Object> ranker(RankerConfig config) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("pictureHeight", config.getPictureHeight());
    facts.put("pictureWidth", config.getPictureWidth());
    facts.put("textLength", config.getTextLength());
    facts.put("channels", config.getChannels());
    facts.put("textWidth", config.getTextWidth());
    facts.put("textLayers", config.getTextLayers());
    facts.put("embedding", config.getEmbedding());
    return facts;
  }

  private static Map<String, Object> provenance(Provenance provenance) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("dataSource", provenance.getDataSource());
    facts.put("dataSha256", Inspection.hex(provenance.getDataSha256()));
    facts.put("pictures", provenance.getPictures());
    facts.put("captioned", provenance.getCaptioned());
    facts.put("seed", provenance.getSeed());
    facts.put("vqvaeSteps", provenance.getVqvaeSteps());
    facts.put("transformerSteps", provenance.getTransformerSteps());
    if (provenance.getRankerSteps() > 0) {
      facts.put("rankerSteps", provenance.getRankerSteps());
    }
    facts.put("codeVersion", provenance.getCodeVersion());
    facts.put("libraryVersions", provenance.getLibraryVersionsMap());
    facts.put("dataNotice", provenance.getDataNotice());
    return facts;
  }
}
