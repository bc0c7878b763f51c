package dev.tessera.tokenizer.huggingface;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** A value of a JSON file that knows where it stands, so that a complaint names the field. */
final class JsonField {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String file;
  private final @Nullable JsonField parent;

  /** What leads here from the parent: a name, or an index in brackets. */
  private final String step;

  /**
   * A {@code Map<String, JsonField>}, a {@code List<JsonField>}, a String, a Number, a Boolean, or
   * null also where the field is absent.
   */
  private final @Nullable Object value;

  private JsonField(String file, @Nullable JsonField parent, String step, @Nullable Object value) {
    this.file = file;
    this.parent = parent;
    this.step = step;
    this.value = value;
  }

  /** The whole of a file; the parser limits how deep values may be nested. */
  static JsonField parse(byte[] bytes, String file) throws IOException {
    // The decoder refuses malformed UTF-8; on bare bytes, Jackson would also guess UTF-16.
    try (JsonParser parser =
        JSON.createParser(
            ObjectReadContext.empty(),
            new InputStreamReader(new ByteArrayInputStream(bytes), UTF_8.newDecoder()))) {
      if (parser.nextToken() == null) {
        throw new IOException(file + ": is empty");
      }
      JsonField whole = read(parser, file, null, "");
      if (parser.nextToken() != null) {
        throw new IOException(file + ": something follows the end of the JSON");
      }
      return whole;
    } catch (JacksonException e) {
      throw new IOException("%s: is no valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static JsonField read(
      JsonParser parser, String file, @Nullable JsonField parent, String step) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> readObject(parser, file, parent, step);
      case START_ARRAY -> readArray(parser, file, parent, step);
      default -> new JsonField(file, parent, step, scalar(parser));
    };
  }

  private static JsonField readObject(
      JsonParser parser, String file, @Nullable JsonField parent, String step) {
    Map<String, JsonField> fields = new LinkedHashMap<>();
    JsonField object = new JsonField(file, parent, step, fields);
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      fields.put(name, read(parser, file, object, name));
    }
    return object;
  }

  private static JsonField readArray(
      JsonParser parser, String file, @Nullable JsonField parent, String step) {
    List<JsonField> elements = new ArrayList<>();
    JsonField array = new JsonField(file, parent, step, elements);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(read(parser, file, array, "[" + elements.size() + "]"));
    }
    return array;
  }

  private static @Nullable Object scalar(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  /** Where the field stands, such as {@code model.merges[3]}. */
  String path() {
    if (parent == null) {
      return "the whole file";
    }
    if (parent.parent == null) {
      return step;
    }
    return parent.path() + (step.startsWith("[") ? "" : ".") + step;
  }

  /** A field of this object; its value is null where it is absent. */
  JsonField get(String name) throws IOException {
    JsonField field = fields().get(name);
    return field != null ? field : new JsonField(file, this, name, null);
  }

  boolean isNull() {
    return value == null;
  }

  /** The fields of this object by name. */
  @SuppressWarnings("unchecked") // parse makes no map of anything else
  Map<String, JsonField> fields() throws IOException {
    if (value instanceof Map<?, ?> fields) {
      return (Map<String, JsonField>) fields;
    }
    throw mustBe("an object");
  }

  /** The elements of this array. */
  @SuppressWarnings("unchecked") // parse makes no list of anything else
  List<JsonField> elements() throws IOException {
    if (value instanceof List<?> elements) {
      return (List<JsonField>) elements;
    }
    throw mustBe("an array");
  }

  String text() throws IOException {
    if (value instanceof String text) {
      return text;
    }
    throw mustBe("a string");
  }

  /** A whole number from 0 on. */
  int id() throws IOException {
    if (value instanceof Integer id && id >= 0) {
      return id;
    }
    throw mustBe("a whole number from 0 on");
  }

  /** Whether this is a number of that value. */
  boolean isNumber(double number) {
    return value instanceof Number found && found.doubleValue() == number;
  }

  boolean isText() {
    return value instanceof String;
  }

  boolean isArray() {
    return value instanceof List;
  }

  /** True or false, and what it means where it is absent. */
  boolean flag(boolean absent) throws IOException {
    if (value == null) {
      return absent;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw mustBe("true or false");
  }

  /** Refuses an object with a field that is not among these. */
  void requireOnly(Set<String> known) throws IOException {
    for (Map.Entry<String, JsonField> field : fields().entrySet()) {
      if (!known.contains(field.getKey())) {
        throw field.getValue().failure("is a field that Tessera does not know");
      }
    }
  }

  /** A complaint that says what is there and what must be. */
  IOException mustBe(String what) {
    return failure("is %s, but must be %s".formatted(shown(), what));
  }

  /** A complaint about this field. */
  IOException failure(String what) {
    return new IOException("%s: %s %s".formatted(file, path(), what));
  }

  private String shown() {
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }
}
