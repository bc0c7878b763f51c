package dev.tessera.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TensorMapTest {
  private final TensorMap tensors = new TensorMap();

  TensorMapTest() {
    tensors.put("b", new Tensor(new long[] {2, 3}, new float[6]));
    tensors.put("a", new Tensor(new long[0], new float[] {4}));
  }

  @Test
  void namesKeepTheirOrder() {
    assertThat(tensors.names()).containsExactly("b", "a");
    assertThat(tensors.asMap()).containsOnlyKeys("b", "a");
    assertThat(tensors.contains("a")).isTrue();
    assertThat(tensors.contains("c")).isFalse();
  }

  @Test
  void tensorOfTheExpectedShapeIsFound() {
    assertThat(tensors.get("b", 2, 3)).isSameAs(tensors.get("b"));
    assertThat(tensors.get("a", new long[0]).data()).containsExactly(4);
  }

  @Test
  void otherShapeIsRefusedWithFoundAndExpected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tensors.get("b", 3, 2))
        .withMessage("tensor \"b\" has shape [2, 3], but must have [3, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tensors.get("b", 6))
        .withMessage("tensor \"b\" has shape [2, 3], but must have [6]");
  }

  @Test
  void absentNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tensors.get("c", 1))
        .withMessage("tensor \"c\" is absent; 2 others are there");
  }

  @Test
  void nameIsTakenOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tensors.put("a", new Tensor(new long[0], new float[] {5})))
        .withMessage("tensor \"a\" is there already");
    assertThat(tensors.get("a").data()).containsExactly(4);
  }

  @Test
  void viewsCannotBeChanged() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> tensors.names().remove("a"));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> tensors.asMap().remove("a"));
  }

  @Test
  void shapeAndValuesMustAgree() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor(new long[] {2, 3}, new float[5]))
        .withMessage("shape [2, 3] has 6 values, but 5 are there");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor(new long[] {2, -3}, new float[6]))
        .withMessage("shape [2, -3] has a size of -3, but none may be negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor(new long[] {1L << 32, 1L << 32}, new float[0]))
        .withMessageContaining("has more values than a tensor can have");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor(new long[] {0, 1L << 32}, new float[0]))
        .withMessageContaining("has more values than a tensor can have");
  }

  @Test
  void tensorsWithTheSameShapeAndValuesAreEqual() {
    Tensor tensor = new Tensor(new long[] {1, 2}, new float[] {Float.NaN, 1});
    assertThat(tensor)
        .isEqualTo(new Tensor(new long[] {1, 2}, new float[] {Float.NaN, 1}))
        .hasSameHashCodeAs(new Tensor(new long[] {1, 2}, new float[] {Float.NaN, 1}))
        .isNotEqualTo(new Tensor(new long[] {2, 1}, new float[] {Float.NaN, 1}))
        .isNotEqualTo(new Tensor(new long[] {1, 2}, new float[] {Float.NaN, 2}));
  }

  @Test
  void shapeOfATensorCannotBeChanged() {
    long[] shape = {1, 2};
    Tensor tensor = new Tensor(shape, new float[2]);
    shape[0] = 7;
    tensor.shape()[1] = 7;
    assertThat(tensor.shape()).containsExactly(1, 2);
  }
}
