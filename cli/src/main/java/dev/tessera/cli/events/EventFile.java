package dev.tessera.cli.events;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file that TensorBoard reads: TFRecords that hold TensorFlow's {@code Event} messages. A record
 * is, little-endian,
 *
 * <pre>
 * int64   length of the data
 * uint32  masked CRC32C of these 8 bytes
 * bytes   data
 * uint32  masked CRC32C of the data
 * </pre>
 *
 * where a CRC is masked by turning it right by 15 bits and adding 0xA282EAD8. The messages, as far
 * as they are used:
 *
 * <pre>
 * Event        1 double wall_time    2 int64 step      3 string file_version
 *              5 Summary summary     7 SessionLog session_log
 * Summary      1 repeated Value
 * Value        1 string tag          2 float simple_value    4 Image image
 * Image        1 int32 height  2 int32 width  3 int32 colorspace (3: RGB)  4 bytes PNG
 * SessionLog   1 enum status (1: START)
 * </pre>
 *
 * <p>Every event is on the disk when a method returns, so that a reader never waits for half of it.
 */
public final class EventFile implements Closeable {
  private static final String VERSION = "brain.Event:2";
  private static final int CRC_MASK = 0xA282EAD8;
  private static final int CRC_TURN = 15;
  private static final int RGB = 3;
  private static final int START = 1;

  private static final class Event {
    static final int WALL_TIME = 1;
    static final int STEP = 2;
    static final int FILE_VERSION = 3;
    static final int SUMMARY = 5;
    static final int SESSION_LOG = 7;
  }

  private static final class Value {
    static final int TAG = 1;
    static final int SIMPLE_VALUE = 2;
    static final int IMAGE = 4;
  }

  /** A message, or a part of one, that is yet to be written. */
  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private final OutputStream out;

  private EventFile(OutputStream out) {
    this.out = out;
  }

  /**
   * A new file beside those of earlier sessions, which it comes after in the order of names.
   *
   * @param folder made if it isn't there
   * @param wallTime seconds since 1970
   */
  public static EventFile create(Path folder, double wallTime) throws IOException {
    Files.createDirectories(folder);
    String name = String.format(Locale.ROOT, "events.out.tfevents.%010d.tessera", (long) wallTime);
    Path file = folder.resolve(name);
    for (int i = 1; Files.exists(file); i++) {
      file = folder.resolve(name + "." + i);
    }
    OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
    EventFile events = new EventFile(out);
    events.event(wallTime, 0, event -> event.writeString(Event.FILE_VERSION, VERSION));
    return events;
  }

  /**
   * Says that a session begins: what earlier files say of this step and later ones is void.
   *
   * @param step the first that this session does
   */
  public void start(double wallTime, long step) throws IOException {
    event(
        wallTime,
        step,
        event -> message(event, Event.SESSION_LOG, session -> session.writeEnum(1, START)));
  }

  /**
   * Adds a point to each curve.
   *
   * @param values by the name of the curve
   */
  public void scalars(double wallTime, long step, Map<String, Double> values) throws IOException {
    summary(
        wallTime,
        step,
        summary -> {
          for (Map.Entry<String, Double> value : values.entrySet()) {
            message(
                summary,
                1,
                one -> {
                  one.writeString(Value.TAG, value.getKey());
                  one.writeFloat(Value.SIMPLE_VALUE, value.getValue().floatValue());
                });
          }
        });
  }

  /** Adds a picture, {@code png} being the bytes of such a file. */
  public void picture(double wallTime, long step, String tag, int height, int width, byte[] png)
      throws IOException {
    Fields image =
        fields -> {
          fields.writeInt32(1, height);
          fields.writeInt32(2, width);
          fields.writeInt32(3, RGB);
          fields.writeByteArray(4, png);
        };
    Fields value =
        fields -> {
          fields.writeString(Value.TAG, tag);
          message(fields, Value.IMAGE, image);
        };
    summary(wallTime, step, summary -> message(summary, 1, value));
  }

  private void summary(double wallTime, long step, Fields values) throws IOException {
    event(wallTime, step, event -> message(event, Event.SUMMARY, values));
  }

  private void event(double wallTime, long step, Fields what) throws IOException {
    byte[] event =
        bytes(
            fields -> {
              fields.writeDouble(Event.WALL_TIME, wallTime);
              if (step != 0) {
                fields.writeInt64(Event.STEP, step);
              }
              what.write(fields);
            });
    // In one piece: half a record would make a reader think that the file is damaged.
    out.write(record(event));
  }

  private static void message(CodedOutputStream out, int field, Fields fields) throws IOException {
    byte[] bytes = bytes(fields);
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeByteArrayNoTag(bytes);
  }

  private static byte[] bytes(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  /** Data as a TFRecord. */
  static byte[] record(byte[] data) {
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES);
    record.order(ByteOrder.LITTLE_ENDIAN).putLong(data.length);
    record.putInt(maskedCrc(record.array(), 0, Long.BYTES));
    record.put(data);
    record.putInt(maskedCrc(data, 0, data.length));
    return record.array();
  }

  private static int maskedCrc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Integer.rotateRight((int) crc.getValue(), CRC_TURN) + CRC_MASK;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
