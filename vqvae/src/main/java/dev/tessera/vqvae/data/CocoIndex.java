package dev.tessera.vqvae.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Where in a COCO file names and captions stand. The texts stay in the file; of an image 20 bytes
 * are in memory, of a caption 8.
 */
final class CocoIndex {
  private static final int BUFFER = 1 << 13;

  private final Path file;

  /** Where the name of each image begins. */
  private final long[] names;

  /** Captions of image i are those from starts[i] to starts[i + 1]. */
  private final int[] starts;

  /** Where each caption begins, by image. */
  private final long[] captions;

  /**
   * A file in a folder, if its name leads nowhere else.
   *
   * @param path empty if it doesn't
   */
  record Location(Path path) {
    private static final Location NOWHERE = new Location(Path.of(""));

    static Location of(Path folder, String name) {
      try {
        Path path = folder.resolve(name).normalize();
        return path.startsWith(folder.normalize()) && !name.isEmpty()
            ? new Location(path)
            : NOWHERE;
      } catch (InvalidPathException e) {
        return NOWHERE;
      }
    }

    boolean isUsable() {
      return !equals(NOWHERE);
    }
  }

  private CocoIndex(Path file, Numbers names, int[] starts, long[] captions) {
    this.file = file;
    this.names = names.toArray();
    this.starts = starts;
    this.captions = captions;
  }

  /**
   * Reads a file from its beginning to its end.
   *
   * @throws IOException if it is no JSON, in another encoding than UTF-8, or has no images
   */
  static CocoIndex read(Path file) throws IOException {
    Numbers ids = new Numbers();
    Numbers names = new Numbers();
    Numbers captionIds = new Numbers();
    Numbers captions = new Numbers();
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), stream)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException(file + " is no COCO file: it must be a JSON object with images");
      }
      for (String key = json.nextName(); key != null; key = json.nextName()) {
        JsonToken value = json.nextToken();
        if (key.equals("images") && value == JsonToken.START_ARRAY) {
          readList(json, "id", "file_name", ids, names);
        } else if (key.equals("annotations") && value == JsonToken.START_ARRAY) {
          readList(json, "image_id", "caption", captionIds, captions);
        } else {
          json.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new IOException(file + " is no JSON (" + e.getOriginalMessage() + ")", e);
    }
    if (names.size() == 0) {
      throw new IOException(file + " lists no images, each with id and file_name");
    }
    return grouped(file, ids, names, captionIds, captions);
  }

  /** Of each object of a list that has both: its id, and where its text begins. */
  private static void readList(
      JsonParser json, String idKey, String textKey, Numbers ids, Numbers texts)
      throws IOException {
    for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
      if (item != JsonToken.START_OBJECT) {
        json.skipChildren();
        continue;
      }
      long id = 0;
      boolean hasId = false;
      long at = -1;
      for (String key = json.nextName(); key != null; key = json.nextName()) {
        JsonToken value = json.nextToken();
        if (key.equals(idKey) && value.isScalarValue()) {
          id = new Digest().text(json.getString()).key();
          hasId = true;
        } else if (key.equals(textKey) && value == JsonToken.VALUE_STRING) {
          at = json.currentTokenLocation().getByteOffset();
          if (at < 0) {
            throw new IOException("a COCO file must be in UTF-8");
          }
        } else {
          json.skipChildren();
        }
      }
      if (hasId && at >= 0) {
        ids.add(id);
        texts.add(at);
      }
    }
  }

  private static CocoIndex grouped(
      Path file, Numbers ids, Numbers names, Numbers captionIds, Numbers captions) {
    Identities images = new Identities();
    for (int i = 0; i < ids.size(); i++) {
      images.first(ids.get(i), i);
    }
    int[] starts = new int[ids.size() + 1];
    int[] image = new int[captionIds.size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = images.find(captionIds.get(i));
      if (image[i] != Identities.NONE) {
        starts[image[i] + 1]++;
      }
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    int[] next = starts.clone();
    long[] sorted = new long[starts[ids.size()]];
    for (int i = 0; i < image.length; i++) {
      if (image[i] != Identities.NONE) {
        sorted[next[image[i]]++] = captions.get(i);
      }
    }
    return new CocoIndex(file, names, starts, sorted);
  }

  int images() {
    return names.length;
  }

  /** The name of an image's file, as the annotations give it. */
  String fileName(int image) throws IOException {
    return text(names[image]);
  }

  /** The captions of an image, in the order of the file. */
  List<String> captions(int image) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = starts[image]; i < starts[image + 1]; i++) {
      texts.add(text(captions[i]));
    }
    return texts;
  }

  private String text(long at) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(at);
      InputStream stream = new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
      try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), stream)) {
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          throw new IOException(file + " was changed while it was read");
        }
        return json.getString();
      } catch (JacksonException e) {
        throw new IOException(file + " was changed while it was read", e);
      }
    }
  }

  /** A list of numbers that takes 8 bytes for each. */
  private static final class Numbers {
    private long[] numbers = new long[64];
    private int size;

    void add(long number) {
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, size * 2);
      }
      numbers[size++] = number;
    }

    long get(int i) {
      return numbers[i];
    }

    int size() {
      return size;
    }

    long[] toArray() {
      return Arrays.copyOf(numbers, size);
    }
  }
}
