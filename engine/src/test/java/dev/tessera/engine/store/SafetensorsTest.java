package dev.tessera.engine.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.onednn.Bfloat16;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  /** What the Python package writes: types by falling size, so names are not in their own order. */
  static byte[] golden() {
    String header =
        """
        {"__metadata__":{"format":"pt","note":"h\\u00e9"},\
        "weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},\
        "bias":{"dtype":"BF16","shape":[2],"data_offsets":[16,20]},\
        "scale":{"dtype":"F16","shape":[],"data_offsets":[20,22]},\
        "none":{"dtype":"F16","shape":[0,3],"data_offsets":[22,22]}}""";
    String padded = header + " ".repeat((8 - header.length() % 8) % 8);
    return bytes(
        padded,
        "0000803F 000000C0 0000C07F 01000000" // 1, -2, NaN, the smallest number above 0
            + "803F 20C1" // 1, -10
            + "0038"); // 0.5
  }

  static byte[] bytes(String header, String hexData) {
    byte[] json = header.getBytes(UTF_8);
    byte[] data = HexFormat.of().parseHex(hexData.replace(" ", ""));
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(data);
    return file.array();
  }

  @Test
  void fileOfThePythonPackageIsRead() throws IOException {
    Path file = folder.resolve("golden.safetensors");
    Files.write(file, golden());
    Safetensors.Contents contents = Safetensors.read(file);

    assertThat(contents.metadata()).isEqualTo(Map.of("format", "pt", "note", "hé"));
    TensorMap tensors = contents.tensors();
    assertThat(tensors.names()).containsExactly("weight", "bias", "scale", "none");
    assertThat(tensors.get("weight", 2, 2).data())
        .containsExactly(1, -2, Float.NaN, Float.MIN_VALUE);
    assertThat(tensors.get("bias", 2).data()).containsExactly(1, -10);
    assertThat(tensors.get("scale", new long[0]).data()).containsExactly(0.5f);
    assertThat(tensors.get("none", 0, 3).data()).isEmpty();
  }

  @Test
  void writtenBytesAreThoseOfTheFormat() throws IOException {
    TensorMap tensors = new TensorMap();
    tensors.put("b", new Tensor(new long[] {1, 2}, new float[] {1, -2}));
    tensors.put("a", new Tensor(new long[0], new float[] {0.5f}));

    String header =
        """
        {"__metadata__":{"k":"v","l":"w"},\
        "b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\
        "a":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}""";
    assertThat(header.length() % 8).isEqualTo(6);
    assertThat(write(tensors, Map.of("l", "w", "k", "v")))
        .isEqualTo(bytes(header + " ".repeat(2), "0000803F 000000C0 0000003F"));
  }

  @Test
  void everyTensorIsWrittenInItsType() throws IOException {
    TensorMap tensors = new TensorMap();
    tensors.put("b", new Tensor(new long[] {2}, new float[] {1, 1.01f}), DataType.BF16);
    tensors.put("f", new Tensor(new long[] {1}, new float[] {1.01f}));
    tensors.put("h", new Tensor(new long[] {1}, new float[] {0.5f}), DataType.F16);
    float rounded = tensors.get("b").data()[1];
    assertThat(rounded).isEqualTo(1.0078125f);

    String header =
        """
        {"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},\
        "f":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},\
        "h":{"dtype":"F16","shape":[1],"data_offsets":[8,10]}}""";
    String padded = header + " ".repeat((8 - header.length() % 8) % 8);
    byte[] written = write(tensors, Map.of());
    assertThat(written).isEqualTo(bytes(padded, "803F 813F AE47813F 0038"));

    TensorMap read = Safetensors.read(ByteBuffer.wrap(written), "x").tensors();
    assertThat(read.type("b")).isEqualTo(DataType.BF16);
    assertThat(read.get("b").data()).containsExactly(1, rounded);
    assertThat(write(read, Map.of())).isEqualTo(written);
  }

  @Test
  void aRoundedTensorOfManyValuesIsRoundedInEachOfThem() {
    float[] values = new float[40_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + i / 65_536f;
    }
    TensorMap tensors = new TensorMap();
    tensors.put("x", new Tensor(new long[] {40_000}, values), DataType.BF16);
    float[] rounded = tensors.get("x").data();
    for (int i = 0; i < values.length; i++) {
      assertThat(rounded[i]).isEqualTo(Bfloat16.floatOf(Bfloat16.round(values[i])));
    }
  }

  @Test
  void mapWithoutTensorsIsWrittenAndRead() throws IOException {
    byte[] bytes = write(new TensorMap(), Map.of());
    assertThat(bytes).isEqualTo(bytes("{}      ", ""));

    Safetensors.Contents contents = Safetensors.read(ByteBuffer.wrap(bytes), "empty");
    assertThat(contents.tensors().names()).isEmpty();
    assertThat(contents.metadata()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomTensorsComeBackBitByBit(long seed) throws IOException {
    Random random = new Random(seed);
    TensorMap tensors = new TensorMap();
    for (int i = 0; i < 20; i++) {
      long[] shape = random.ints(random.nextInt(4), 0, 9).asLongStream().toArray();
      // Across the edges of the chunks that are written.
      tensors.put("t\"" + i + "/é😀\n", tensor(random, i == 7 ? new long[] {3, 50_000} : shape));
    }
    Map<String, String> metadata = Map.of("seed", "" + seed, "ключ", "\u0000\"");
    Path file = folder.resolve("random.safetensors");
    Safetensors.write(tensors, metadata, file);

    for (Safetensors.Contents contents :
        new Safetensors.Contents[] {
          Safetensors.read(file), Safetensors.read(ByteBuffer.wrap(Files.readAllBytes(file)), "x")
        }) {
      assertThat(contents.metadata()).as("seed %d", seed).isEqualTo(metadata);
      assertThat(contents.tensors().names())
          .as("seed %d", seed)
          .containsExactlyElementsOf(tensors.names());
      tensors
          .asMap()
          .forEach(
              (name, tensor) ->
                  assertThat(bits(contents.tensors().get(name, tensor.shape())))
                      .as("seed %d: %s", seed, name)
                      .isEqualTo(bits(tensor)));
    }
  }

  @Test
  void sameContentsAreTheSameBytes() throws IOException {
    TensorMap tensors = new TensorMap();
    tensors.put("x", new Tensor(new long[] {1}, new float[] {1}));
    Map<String, String> oneOrder = new LinkedHashMap<>();
    Map<String, String> otherOrder = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      oneOrder.put("key" + i, "value");
      otherOrder.put("key" + (19 - i), "value");
    }
    assertThat(write(tensors, oneOrder)).isEqualTo(write(tensors, otherOrder));
  }

  @Test
  void tensorsMayStandInAnotherOrderThanInTheHeader() throws IOException {
    byte[] bytes =
        bytes(
            """
            {"late":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},\
            "early":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
            "0000803F 000000C0");
    TensorMap tensors = Safetensors.read(ByteBuffer.wrap(bytes), "x").tensors();

    assertThat(tensors.names()).containsExactly("late", "early");
    assertThat(tensors.get("late").data()).containsExactly(-2);
    assertThat(tensors.get("early").data()).containsExactly(1);
  }

  @Test
  void bufferIsReadFromItsPositionAndLeftAsItWas() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(golden().length + 7);
    buffer.position(3).put(golden()).flip().position(3);
    int limit = buffer.limit();

    assertThat(Safetensors.read(buffer, "x").tensors().names()).hasSize(4);
    assertThat(buffer.position()).isEqualTo(3);
    assertThat(buffer.limit()).isEqualTo(limit);
  }

  @Test
  void nameOfTheMetadataIsRefusedForATensor() {
    TensorMap tensors = new TensorMap();
    tensors.put("__metadata__", new Tensor(new long[0], new float[1]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> write(tensors, Map.of()))
        .withMessageContaining("__metadata__");
  }

  @Test
  void textThatIsNoUnicodeIsRefused() {
    TensorMap tensors = new TensorMap();
    tensors.put("a\uD83D", new Tensor(new long[0], new float[1]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> write(tensors, Map.of()))
        .withMessageEndingWith("holds half a surrogate pair, which no file can hold");
    for (Map<String, String> metadata : List.of(Map.of("\uDE00", ""), Map.of("", "\uD83D "))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> write(new TensorMap(), metadata))
          .withMessageEndingWith("holds half a surrogate pair, which no file can hold");
    }
  }

  @Test
  void refusedWriteLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.write(file, golden());
    TensorMap tensors = new TensorMap();
    tensors.put("__metadata__", new Tensor(new long[0], new float[1]));

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Safetensors.write(tensors, Map.of(), file));
    assertThat(Files.readAllBytes(file)).isEqualTo(golden());
    try (var entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }

  private static byte[] write(TensorMap tensors, Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(tensors, metadata, out);
    return out.toByteArray();
  }

  private static Tensor tensor(Random random, long... shape) {
    float[] data = new float[Tensor.elements(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = Float.intBitsToFloat(random.nextInt()); // NaNs with payloads among them
    }
    return new Tensor(shape, data);
  }

  private static int[] bits(Tensor tensor) {
    float[] data = tensor.data();
    int[] bits = new int[data.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(data[i]);
    }
    return bits;
  }
}
