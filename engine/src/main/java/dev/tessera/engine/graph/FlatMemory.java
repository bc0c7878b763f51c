package dev.tessera.engine.graph;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Native memory for many arrays of one type, numbered through from 0: whoever goes over all numbers
 * needs to know nothing of the arrays. Each array begins on a cache line, so there are gaps.
 *
 * <p>The memory grows in blocks, and what was handed out stays where it is. It is freed when
 * neither this object nor any of its arrays is in use any more. All numbers are 0 at first.
 *
 * <p>Where ND4J computes on a device, which has memory of its own, each array is one of ND4J's own
 * instead, and {@link #read} and {@link #write} have it brought to the host and back. The numbers
 * are the same.
 */
public final class FlatMemory {
  private static final int CACHE_LINE = 64;
  private static final long SMALLEST_BLOCK = 1 << 16;

  /** Java's view of a block counts bytes with an int. */
  private static final long LARGEST_BLOCK_BYTES = Integer.MAX_VALUE - CACHE_LINE;

  private final DataType type;
  private final List<Block> blocks = new ArrayList<>();
  private final long expected;
  private final boolean onHost;

  /** ND4J's own arrays by the number of their first number; empty on the host. */
  private final NavigableMap<Long, INDArray> deviceArrays = new ConcurrentSkipListMap<>();

  private long extent;

  /**
   * @param pointer to the first number
   * @param floats the same numbers; of no use unless they are FLOAT
   * @param start which number is the first
   * @param end which number is the first that there is no room for
   */
  private record Block(BytePointer pointer, FloatBuffer floats, long start, long end) {
    Block until(long newEnd) {
      return new Block(pointer, floats, start, newEnd);
    }
  }

  /**
   * An empty memory.
   *
   * @param type of the numbers
   * @param expected how many numbers the arrays will have with their gaps, which are then in one
   *     block; 0 if that is not known
   */
  public FlatMemory(DataType type, long expected) {
    this(type, expected, HostCopy.isHostBackend());
  }

  /**
   * @param onHost whether ND4J computes in the memory of this process
   */
  FlatMemory(DataType type, long expected, boolean onHost) {
    this.type = type;
    this.expected = expected;
    this.onHost = onHost;
  }

  /** How many numbers an array takes with the gap behind it. */
  public static long padded(DataType type, long length) {
    int line = CACHE_LINE / type.width();
    return (length + line - 1) / line * line;
  }

  /**
   * Makes room for an array.
   *
   * @param length in numbers
   * @return the number of its first number
   */
  public long reserve(long length) {
    long from = extent;
    extent = from + padded(type, length);
    if (onHost) {
      makeRoom(from);
    }
    return from;
  }

  private void makeRoom(long from) {
    int last = blocks.size() - 1;
    if (last < 0 || extent > blocks.get(last).end()) {
      if (last >= 0) {
        blocks.set(last, blocks.get(last).until(from));
      }
      blocks.add(block(from, extent - from));
    }
  }

  /** Blocks grow with what is there, so that there are few and little is unused. */
  private Block block(long start, long needed) {
    long largest = LARGEST_BLOCK_BYTES / type.width();
    if (needed > largest) {
      throw new IllegalArgumentException(
          "an array has " + needed + " numbers, but may have " + largest);
    }
    long wanted = blocks.isEmpty() && expected > 0 ? expected : Math.max(SMALLEST_BLOCK, start / 4);
    long capacity = Math.max(needed, Math.min(largest, wanted));
    long bytes = capacity * type.width();
    BytePointer whole = new BytePointer(bytes + CACHE_LINE);
    Pointer.memset(whole, 0, bytes + CACHE_LINE);
    BytePointer aligned = whole.getPointer(-whole.address() & (CACHE_LINE - 1));
    FloatBuffer floats =
        aligned.capacity(bytes).asBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    return new Block(aligned, floats, start, start + capacity);
  }

  /** How many numbers are reserved, gaps included. */
  public long extent() {
    return extent;
  }

  /**
   * A part as a buffer of ND4J, which does not know that there is more.
   *
   * @param from the number of the first number, the beginning of an array
   */
  public DataBuffer buffer(long from, long length) {
    if (!onHost) {
      return deviceArrays.computeIfAbsent(from, start -> Nd4j.zeros(type, length)).data();
    }
    Block block = holding(from, length);
    Pointer pointer = block.pointer().getPointer((from - block.start()) * type.width());
    return Nd4j.createBuffer(pointer.capacity(length), length, type);
  }

  /** Copies FLOAT numbers, from the number {@code from} on, to {@code values} from a place on. */
  public void read(long from, float[] values, int place, int length) {
    if (onHost) {
      Block block = holding(from, length);
      block.floats().get((int) (from - block.start()), values, place, length);
    } else {
      Map.Entry<Long, INDArray> array = onDevice(from, length);
      HostCopy.readPart(array.getValue(), from - array.getKey(), values, place, length);
    }
  }

  /** Replaces FLOAT numbers, from the number {@code from} on, by {@code values} from a place on. */
  public void write(long from, float[] values, int place, int length) {
    if (onHost) {
      Block block = holding(from, length);
      block.floats().put((int) (from - block.start()), values, place, length);
    } else {
      Map.Entry<Long, INDArray> array = onDevice(from, length);
      HostCopy.writePart(values, place, length, array.getValue(), from - array.getKey());
    }
  }

  private Block holding(long from, long length) {
    for (Block block : blocks) {
      if (from >= block.start() && from + length <= block.end()) {
        return block;
      }
    }
    throw notInOnePiece(from, length);
  }

  private Map.Entry<Long, INDArray> onDevice(long from, long length) {
    Map.Entry<Long, INDArray> array = deviceArrays.floorEntry(from);
    if (array == null || from + length > array.getKey() + array.getValue().length()) {
      throw notInOnePiece(from, length);
    }
    return array;
  }

  private static IllegalArgumentException notInOnePiece(long from, long length) {
    return new IllegalArgumentException(
        String.format("numbers %d to %d are not in one piece", from, from + length - 1));
  }
}
