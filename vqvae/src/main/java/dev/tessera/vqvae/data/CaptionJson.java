package dev.tessera.vqvae.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The captions in a JSON object: its field {@code caption}, a text or a list of alternatives. JSON
 * of another form has none.
 */
final class CaptionJson {
  private static final String FIELD = "caption";

  private CaptionJson() {}

  /**
   * Reads the field.
   *
   * @param name what errors call the file
   * @throws IOException if it is no JSON
   */
  static List<String> parse(String name, byte[] content) throws IOException {
    CaptionFile.requireSize(name, content.length);
    List<String> captions = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), content)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return captions;
      }
      for (String key = json.nextName(); key != null; key = json.nextName()) {
        JsonToken value = json.nextToken();
        if (!key.equals(FIELD)) {
          json.skipChildren();
        } else if (value == JsonToken.VALUE_STRING) {
          captions.add(json.getString());
        } else if (value == JsonToken.START_ARRAY) {
          readAlternatives(json, captions);
        } else {
          json.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new IOException(name + " is no JSON (" + e.getOriginalMessage() + ")", e);
    }
    return captions;
  }

  private static void readAlternatives(JsonParser json, List<String> captions) {
    for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
      if (item == JsonToken.VALUE_STRING) {
        captions.add(json.getString());
      } else {
        json.skipChildren();
      }
    }
  }
}
