package dev.tessera.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FlatMemoryTest {
  private static final int ARRAYS = 200;

  private static FlatMemory memory() {
    return new FlatMemory(DataType.FLOAT, 0);
  }

  private static INDArray array(FlatMemory memory, long from, long length) {
    DataBuffer buffer = memory.buffer(from, length);
    return Nd4j.create(buffer, new long[] {length}, new long[] {1}, 0, 'c', buffer.dataType());
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void arraysBeginOnCacheLinesAndStayWhereTheyAreWhileTheMemoryGrows(DataType type) {
    FlatMemory memory = new FlatMemory(type, 0);
    List<INDArray> arrays = new ArrayList<>();
    long[] addresses = new long[ARRAYS];
    long end = 0;
    for (int i = 0; i < ARRAYS; i++) {
      long length = 1 + i * 37L % 5000;
      long from = memory.reserve(length);
      assertThat(from).isGreaterThanOrEqualTo(end);
      end = from + length;
      assertThat(memory.extent()).isBetween(end, end + 15);
      arrays.add(array(memory, from, length).assign(i));
      addresses[i] = arrays.get(i).data().address();
      assertThat(addresses[i] % 64).as("place of array %d in its cache line", i).isZero();
    }
    for (int i = 0; i < ARRAYS; i++) {
      INDArray array = arrays.get(i);
      assertThat(array.data().address()).isEqualTo(addresses[i]);
      assertThat(array.minNumber().intValue()).isEqualTo(i);
      assertThat(array.maxNumber().intValue()).isEqualTo(i);
      assertThat(array.isView()).as("what SameDiff would copy").isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void numbersAreReadAndWrittenByTheirNumbers(boolean onHost) {
    FlatMemory memory = new FlatMemory(DataType.FLOAT, 0, onHost);
    long first = memory.reserve(10);
    long second = memory.reserve(1_000_000);
    INDArray array = array(memory, second, 1_000_000);
    float[] some = {9, 9, 9};
    memory.read(second + 500, some, 0, 2);
    assertThat(some).containsExactly(0, 0, 9);
    memory.write(second + 501, new float[] {4, 5, 6, 7}, 1, 2);
    assertThat(array.getFloat(500)).isZero();
    assertThat(array.getFloat(501)).isEqualTo(5);
    assertThat(array.getFloat(502)).isEqualTo(6);
    assertThat(array.getFloat(503)).isZero();
    array.putScalar(999_999, 8f);
    memory.read(second + 999_998, some, 0, 2);
    assertThat(some).containsExactly(0, 8, 9);
    memory.buffer(first, 10);
    memory.read(first, some, 0, 3);
    assertThat(some).containsExactly(0, 0, 0);
  }

  @Test
  void whatWasExpectedIsInOnePiece() {
    long[] lengths = {3, 100_000, 70_000, 1};
    long expected = 0;
    for (long length : lengths) {
      expected += FlatMemory.padded(DataType.FLOAT, length);
    }
    FlatMemory memory = new FlatMemory(DataType.FLOAT, expected);
    FlatMemory surprised = memory();
    for (long length : lengths) {
      assertThat(memory.reserve(length)).isEqualTo(surprised.reserve(length));
    }
    assertThat(memory.extent()).isEqualTo(expected);
    float[] all = new float[(int) expected];
    memory.read(0, all, 0, all.length);
    assertThat(all).containsOnly(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> surprised.read(0, all, 0, all.length))
        .withMessageContaining("not in one piece");
  }

  @Test
  void placesOutsideAndArraysTooLongAreRefused() {
    FlatMemory memory = memory();
    memory.reserve(5);
    assertThatIllegalArgumentException().isThrownBy(() -> memory.read(-1, new float[1], 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> memory.read(1 << 30, new float[1], 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> memory.buffer(1 << 30, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.reserve(1L << 30))
        .withMessageContaining("1073741824");
  }

  @Test
  void anArrayKeepsTheMemoryAlive() {
    INDArray array = array(filled(3), 0, 1_000_000);
    for (int i = 0; i < 20; i++) {
      System.gc();
      Pointer.deallocateReferences();
      // What would take the place of the memory, had it been freed.
      filled(-1);
    }
    assertThat(array.minNumber().intValue()).isEqualTo(3);
    assertThat(array.maxNumber().intValue()).isEqualTo(3);
  }

  @Test
  void memoryThatNobodyUsesIsFreed() throws InterruptedException {
    long before = Pointer.totalBytes();
    array(filled(1), 0, 10);
    assertThat(Pointer.totalBytes()).isGreaterThan(before);
    for (int i = 0; i < 200 && Pointer.totalBytes() > before; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
  }

  private static FlatMemory filled(int value) {
    FlatMemory memory = memory();
    array(memory, memory.reserve(1_000_000), 1_000_000).assign(value);
    return memory;
  }
}
