package dev.tessera.engine.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;

/**
 * The safetensors format, as the Python package of that name writes and reads it.
 *
 * <pre>
 * bytes 0 … 7      N, the length of the header, as a 64-bit little-endian number
 * bytes 8 … 7 + N  the header, JSON in UTF-8:
 *                    {"__metadata__": {"key": "value", …},
 *                     "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …}
 * bytes 8 + N …    the data: values in row-major order, little-endian; offsets count from here
 * </pre>
 *
 * <p>Written: each tensor in its {@link TensorMap#type type}, F32, F16 or BF16, in the order of the
 * map, the header padded with spaces so that the data begins at a multiple of 8 bytes, metadata
 * sorted by key and left out if there is none.
 *
 * <p>Read: the same types, all of which become 32-bit floats without loss. Refused: a header of
 * more than 100 MB or of more than 100,000 tensors, a name twice, unknown fields, other types,
 * tensors of another length than their shape takes, gaps, overlaps and bytes left over.
 */
public final class Safetensors {
  private static final int LENGTH_BYTES = 8;
  private static final int ALIGNMENT = 8;
  private static final int CHUNK_ELEMENTS = 1 << 16;

  /** Bounds a mapping far below the 2 GB that one can have. */
  private static final int MAPPED_ELEMENTS = 1 << 26;

  /**
   * What a file holds.
   *
   * @param tensors in the order of the header
   * @param metadata free text by key, such as the Python package keeps; cannot be changed
   */
  public record Contents(TensorMap tensors, Map<String, String> metadata) {
    public Contents {
      metadata = Collections.unmodifiableMap(metadata);
    }
  }

  /** Somewhere to read from, by place. */
  private interface Source {
    /** {@code length} bytes from {@code offset}, both inside the file. */
    ByteBuffer window(long offset, long length) throws IOException;
  }

  private Safetensors() {}

  /**
   * Writes a file; one that is there already is replaced whole or not at all.
   *
   * @param metadata free text by key; may be empty
   * @throws IllegalArgumentException if a tensor is called {@code __metadata__} or a text is no
   *     valid Unicode
   */
  public static void write(TensorMap tensors, Map<String, String> metadata, Path file)
      throws IOException {
    AtomicFiles.write(file, out -> write(tensors, metadata, out));
  }

  /** Writes the format to a stream, which stays open. */
  public static void write(TensorMap tensors, Map<String, String> metadata, OutputStream out)
      throws IOException {
    if (tensors.contains(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "tensor \"%s\" has the name of the metadata".formatted(SafetensorsHeader.METADATA));
    }
    byte[] json = SafetensorsHeader.render(tensors, metadata);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (padded > SafetensorsHeader.MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          "header has %d bytes, but may have %d"
              .formatted(padded, SafetensorsHeader.MAXIMUM_BYTES));
    }
    byte[] header = new byte[LENGTH_BYTES + padded];
    littleEndian(header).putLong(padded).put(json);
    Arrays.fill(header, LENGTH_BYTES + json.length, header.length, (byte) ' ');
    out.write(header);
    byte[] chunk = new byte[CHUNK_ELEMENTS * Float.BYTES];
    ByteBuffer values = littleEndian(chunk);
    for (Map.Entry<String, Tensor> tensor : tensors.asMap().entrySet()) {
      DataType type = tensors.type(tensor.getKey());
      float[] data = tensor.getValue().data();
      for (int done = 0; done < data.length; done += CHUNK_ELEMENTS) {
        int count = Math.min(CHUNK_ELEMENTS, data.length - done);
        type.encode(data, done, count, values);
        out.write(chunk, 0, count * type.bytes());
      }
    }
  }

  /**
   * Reads a file through a memory mapping. It must not be changed in place meanwhile; to be
   * replaced, as {@link AtomicFiles} does, does no harm.
   *
   * @throws IOException if it cannot be read or is no valid safetensors file
   */
  public static Contents read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(
          (offset, length) -> channel.map(MapMode.READ_ONLY, offset, length),
          channel.size(),
          file.toString());
    }
  }

  /**
   * Reads what remains of a buffer; its position and limit stay as they are.
   *
   * @param name what to call the buffer in errors
   * @throws IOException if it holds no valid safetensors file
   */
  public static Contents read(ByteBuffer buffer, String name) throws IOException {
    ByteBuffer bytes = buffer.slice();
    return read(
        (offset, length) -> bytes.slice((int) offset, (int) length), bytes.remaining(), name);
  }

  private static Contents read(Source source, long size, String file) throws IOException {
    if (size < LENGTH_BYTES) {
      throw new IOException(
          "%s: has %d bytes, but a safetensors file has at least %d"
              .formatted(file, size, LENGTH_BYTES));
    }
    long length = source.window(0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long most = Math.min(SafetensorsHeader.MAXIMUM_BYTES, size - LENGTH_BYTES);
    if (length < 0 || length > most) {
      throw new IOException(
          "%s: header has %s bytes, but may have %d: cut off, or no safetensors file"
              .formatted(file, Long.toUnsignedString(length), most));
    }
    byte[] json = new byte[(int) length];
    source.window(LENGTH_BYTES, length).get(json);
    long dataStart = LENGTH_BYTES + length;
    SafetensorsHeader header = SafetensorsHeader.parse(json, size - dataStart, file);

    TensorMap tensors = new TensorMap();
    for (SafetensorsHeader.Entry entry : header.entries) {
      float[] data = new float[entry.elements];
      for (int done = 0; done < data.length; ) {
        int count = Math.min(MAPPED_ELEMENTS, data.length - done);
        long offset = dataStart + entry.begin + (long) done * entry.type.bytes();
        ByteBuffer window = source.window(offset, (long) count * entry.type.bytes());
        entry.type.decode(window.order(ByteOrder.LITTLE_ENDIAN), data, done, count);
        done += count;
      }
      tensors.add(entry.name, new Tensor(entry.shape, data), entry.type);
    }
    return new Contents(tensors, header.metadata);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
