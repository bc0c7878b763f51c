package dev.tessera.cli.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads event files by TensorFlow's published format, sharing no code with what writes them: frames
 * by hand, checksums bit by bit, messages by the wire format alone.
 *
 * @param version what the file says it is, if this event does
 * @param starts whether a session begins
 * @param scalars by tag
 * @param pictures PNG files by tag
 */
record EventReader(
    double wallTime,
    long step,
    String version,
    boolean starts,
    Map<String, Float> scalars,
    Map<String, byte[]> pictures) {

  static List<EventReader> read(Path file) throws IOException {
    List<EventReader> events = new ArrayList<>();
    for (byte[] data : records(Files.readAllBytes(file))) {
      events.add(event(UnknownFieldSet.parseFrom(data)));
    }
    return events;
  }

  static List<byte[]> records(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int begin = bytes.position();
      long length = bytes.getLong();
      assertThat(bytes.getInt()).isEqualTo(masked(Arrays.copyOfRange(file, begin, begin + 8)));
      byte[] data = new byte[(int) length];
      bytes.get(data);
      assertThat(bytes.getInt()).isEqualTo(masked(data));
      records.add(data);
    }
    return records;
  }

  /** CRC32C of Castagnoli's polynomial, bit by bit, lowest bit first. */
  static int crc(byte[] data) {
    int crc = ~0;
    for (byte each : data) {
      crc ^= each & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 1 ? crc >>> 1 ^ 0x82F63B78 : crc >>> 1;
      }
    }
    return ~crc;
  }

  private static int masked(byte[] data) {
    int crc = crc(data);
    return (crc >>> 15 | crc << 17) + 0xA282EAD8;
  }

  private static EventReader event(UnknownFieldSet event) throws IOException {
    Map<String, Float> scalars = new LinkedHashMap<>();
    Map<String, byte[]> pictures = new LinkedHashMap<>();
    for (ByteString summary : event.getField(5).getLengthDelimitedList()) {
      for (ByteString value : message(summary).getField(1).getLengthDelimitedList()) {
        UnknownFieldSet fields = message(value);
        String tag = fields.getField(1).getLengthDelimitedList().get(0).toStringUtf8();
        for (int bits : fields.getField(2).getFixed32List()) {
          scalars.put(tag, Float.intBitsToFloat(bits));
        }
        for (ByteString image : fields.getField(4).getLengthDelimitedList()) {
          assertThat(message(image).getField(3).getVarintList()).containsExactly(3L);
          pictures.put(
              tag, message(image).getField(4).getLengthDelimitedList().get(0).toByteArray());
        }
      }
    }
    boolean starts = false;
    for (ByteString session : event.getField(7).getLengthDelimitedList()) {
      starts = message(session).getField(1).getVarintList().contains(1L);
    }
    return new EventReader(
        Double.longBitsToDouble(event.getField(1).getFixed64List().get(0)),
        event.getField(2).getVarintList().stream().findFirst().orElse(0L),
        event.getField(3).getLengthDelimitedList().stream()
            .map(ByteString::toStringUtf8)
            .findFirst()
            .orElse(""),
        starts,
        scalars,
        pictures);
  }

  private static UnknownFieldSet message(ByteString bytes) throws IOException {
    return UnknownFieldSet.parseFrom(bytes);
  }
}
