package dev.tessera.transformer.bundle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;

/** Refusals of what only a newer version of Tessera can have written. */
final class Newer {
  private Newer() {}

  /** The refusal of an enum value. */
  static IllegalArgumentException value(String name, int number) {
    return new IllegalArgumentException(
        "%s is number %d, which this version of Tessera does not know: update it"
            .formatted(name, number));
  }

  /**
   * Refuses a message that holds, at any depth, a field that is not known. Protocol Buffers would
   * pass over it, and a model would be run without a part of its configuration.
   *
   * @return the message
   */
  static <M extends Message> M requireKnown(M message) {
    for (int number : message.getUnknownFields().asMap().keySet()) {
      throw new IllegalArgumentException(
          "%s has field %d, which this version of Tessera does not know: update it"
              .formatted(message.getDescriptorForType().getName(), number));
    }
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() == JavaType.MESSAGE) {
        List<?> values =
            field.getKey().isRepeated() ? (List<?>) field.getValue() : List.of(field.getValue());
        values.forEach(value -> requireKnown((Message) value));
      }
    }
    return message;
  }
}
