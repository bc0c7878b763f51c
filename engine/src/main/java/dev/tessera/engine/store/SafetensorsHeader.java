package dev.tessera.engine.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** The JSON of a safetensors file: what is in it, and where. */
final class SafetensorsHeader {
  static final String METADATA = "__metadata__";

  /** The limit of the Python package, too. */
  static final int MAXIMUM_BYTES = 100_000_000;

  private static final int MAXIMUM_TENSORS = 100_000;
  private static final int MAXIMUM_DIMENSIONS = 32;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Where a tensor stands: bytes {@code begin} to {@code end} − 1 of the data. */
  static final class Entry {
    final String name;
    final DataType type;
    final long[] shape;
    final int elements;
    final long begin;
    final long end;

    private Entry(String name, DataType type, long[] shape, int elements, long begin, long end) {
      this.name = name;
      this.type = type;
      this.shape = shape;
      this.elements = elements;
      this.begin = begin;
      this.end = end;
    }
  }

  final List<Entry> entries = new ArrayList<>();
  final Map<String, String> metadata = new LinkedHashMap<>();
  private final String file;

  private SafetensorsHeader(String file) {
    this.file = file;
  }

  /**
   * Reads a header and checks it against the size of the data behind it.
   *
   * @param json the header's bytes
   * @param dataBytes bytes that follow the header
   * @param file what to call the file in errors
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes, String file) throws IOException {
    SafetensorsHeader header = new SafetensorsHeader(file);
    if (json.length == 0 || json[0] != '{') {
      throw header.failure("header does not begin with {: this is no safetensors file");
    }
    // The decoder refuses malformed UTF-8; on bare bytes, Jackson would also guess UTF-16.
    try (JsonParser parser =
        JSON.createParser(
            ObjectReadContext.empty(),
            new InputStreamReader(new ByteArrayInputStream(json), UTF_8.newDecoder()))) {
      parser.nextToken();
      header.readObject(parser);
      if (parser.nextToken() != null) {
        throw header.failure("something follows the header's closing }");
      }
    } catch (JacksonException e) {
      throw new IOException(
          "%s: header is no valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
    header.requireGapless(dataBytes);
    return header;
  }

  private void readObject(JsonParser parser) throws IOException {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw failure("header entry \"%s\" is no object".formatted(name));
      }
      if (name.equals(METADATA)) {
        readMetadata(parser);
      } else if (entries.size() == MAXIMUM_TENSORS) {
        throw failure("header has more than %d tensors".formatted(MAXIMUM_TENSORS));
      } else {
        entries.add(readEntry(parser, name));
      }
    }
  }

  private void readMetadata(JsonParser parser) throws IOException {
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw failure("metadata \"%s\" is no string".formatted(key));
      }
      metadata.put(key, parser.getString());
    }
  }

  private Entry readEntry(JsonParser parser, String name) throws IOException {
    DataType type = null;
    long[] shape = null;
    long[] offsets = null;
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      switch (key) {
        case "dtype" -> type = readType(parser, name);
        case "shape" -> shape = readNumbers(parser, name, key, MAXIMUM_DIMENSIONS);
        case "data_offsets" -> offsets = readNumbers(parser, name, key, 2);
        default -> throw failure("tensor \"%s\" has an unknown field \"%s\"".formatted(name, key));
      }
    }
    return entry(
        name,
        require(type, name, "dtype"),
        require(shape, name, "shape"),
        require(offsets, name, "data_offsets"));
  }

  private Entry entry(String name, DataType type, long[] shape, long[] offsets) throws IOException {
    if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
      throw failure(
          "tensor \"%s\" has data_offsets %s, but must have a begin and an end"
              .formatted(name, Arrays.toString(offsets)));
    }
    int elements;
    try {
      elements = Tensor.elements(shape);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: tensor \"%s\": %s".formatted(file, name, e.getMessage()), e);
    }
    long found = offsets[1] - offsets[0];
    long expected = (long) elements * type.bytes();
    if (found != expected) {
      throw failure(
          "tensor \"%s\" has %d bytes, but %s of shape %s takes %d"
              .formatted(name, found, type, Arrays.toString(shape), expected));
    }
    return new Entry(name, type, shape, elements, offsets[0], offsets[1]);
  }

  private DataType readType(JsonParser parser, String name) throws IOException {
    if (parser.nextToken() == JsonToken.VALUE_STRING) {
      for (DataType type : DataType.values()) {
        if (type.name().equals(parser.getString())) {
          return type;
        }
      }
    }
    throw failure(
        "tensor \"%s\" has dtype %s, but must have one of %s"
            .formatted(name, parser.getString(), Arrays.toString(DataType.values())));
  }

  private long[] readNumbers(JsonParser parser, String name, String key, int most)
      throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw failure("tensor \"%s\": %s is no array".formatted(name, key));
    }
    long[] numbers = new long[most];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count == most) {
        throw failure("tensor \"%s\": %s has more than %d numbers".formatted(name, key, most));
      }
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw failure("tensor \"%s\": %s holds something else than integers".formatted(name, key));
      }
      numbers[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private <T> T require(@Nullable T value, String name, String field) throws IOException {
    if (value == null) {
      throw failure("tensor \"%s\" has no %s".formatted(name, field));
    }
    return value;
  }

  /** Tensors must follow each other, in any order of names, from the first byte to the last. */
  private void requireGapless(long dataBytes) throws IOException {
    List<Entry> byPlace = new ArrayList<>(entries);
    byPlace.sort(
        Comparator.<Entry>comparingLong(entry -> entry.begin)
            .thenComparingLong(entry -> entry.end));
    long end = 0;
    for (Entry entry : byPlace) {
      if (entry.begin != end) {
        throw failure(
            "tensor \"%s\" begins at byte %d of the data, but must begin at %d"
                .formatted(entry.name, entry.begin, end));
      }
      end = entry.end;
    }
    if (end != dataBytes) {
      throw failure(
          "the tensors end at byte %d of the data, but it has %d bytes".formatted(end, dataBytes));
    }
  }

  private IOException failure(String message) {
    return new IOException(file + ": " + message);
  }

  /** The header of tensors in their order and types, without padding. */
  static byte[] render(TensorMap tensors, Map<String, String> metadata) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), json)) {
      generator.writeStartObject();
      if (!metadata.isEmpty()) {
        generator.writeName(METADATA).writeStartObject();
        new TreeMap<>(metadata)
            .forEach((key, value) -> generator.writeStringProperty(text(key), text(value)));
        generator.writeEndObject();
      }
      long begin = 0;
      for (Map.Entry<String, Tensor> entry : tensors.asMap().entrySet()) {
        Tensor tensor = entry.getValue();
        DataType type = tensors.type(entry.getKey());
        long end = begin + (long) tensor.data().length * type.bytes();
        generator.writeName(text(entry.getKey())).writeStartObject();
        generator.writeStringProperty("dtype", type.name());
        writeNumbers(generator, "shape", tensor.shape());
        writeNumbers(generator, "data_offsets", begin, end);
        generator.writeEndObject();
        begin = end;
      }
      generator.writeEndObject();
    }
    return json.toByteArray();
  }

  private static void writeNumbers(JsonGenerator generator, String name, long... numbers) {
    generator.writeName(name).writeStartArray();
    for (long number : numbers) {
      generator.writeNumber(number);
    }
    generator.writeEndArray();
  }

  /** Jackson would write half a surrogate pair as an escape, which the Python package refuses. */
  private static String text(String text) {
    if (!UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "name or metadata \"%s\" holds half a surrogate pair, which no file can hold"
              .formatted(text));
    }
    return text;
  }
}
