package dev.tessera.proto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Files that were written stay readable only while every field keeps its number and its type. The
 * golden list says what they were: lines are added to it for new fields, and never changed, but
 * that the line of a removed field becomes one of a reserved number.
 */
class PersistedFieldsTest {
  private static final List<FileDescriptor> FILES =
      List.of(
          Manifest.getDescriptor().getFile(),
          VqvaeConfig.getDescriptor().getFile(),
          Bpe.getDescriptor().getFile(),
          TrainingState.getDescriptor().getFile(),
          PictureIndex.getDescriptor().getFile(),
          TokenShard.getDescriptor().getFile(),
          CaptionForm.getDescriptor().getFile());

  @Test
  void everyFieldHasTheNumberAndTypeThatItAlwaysHad() throws IOException {
    assertThat(String.join("\n", listing()) + "\n")
        .as("messages beside the golden list; add lines for new fields, change none")
        .isEqualTo(golden());
  }

  @Test
  void everyFileOfMessagesIsOnTheList() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/protobuf/tessera"))) {
      assertThat(files.map(file -> "tessera/" + file.getFileName()))
          .containsExactlyInAnyOrderElementsOf(
              FILES.stream().map(FileDescriptor::getName).toList());
    }
  }

  private static List<String> listing() {
    List<String> lines = new ArrayList<>();
    for (FileDescriptor file : FILES) {
      lines.add("file " + file.getName());
      file.getMessageTypes().forEach(message -> list(message, lines));
      file.getEnumTypes().forEach(type -> list(type, lines));
    }
    return lines;
  }

  private static void list(Descriptor message, List<String> lines) {
    lines.add("message " + message.getFullName());
    for (FieldDescriptor field : message.getFields()) {
      lines.add("  %d %s %s".formatted(field.getNumber(), type(field), field.getName()));
    }
    message
        .toProto()
        .getReservedRangeList()
        .forEach(range -> lines.add("  %d reserved".formatted(range.getStart())));
    message.getNestedTypes().forEach(nested -> list(nested, lines));
    message.getEnumTypes().forEach(nested -> list(nested, lines));
  }

  private static String type(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getFullName();
          case ENUM -> field.getEnumType().getFullName();
          default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    if (field.getRealContainingOneof() != null) {
      return "oneof " + field.getRealContainingOneof().getName() + " " + type;
    }
    return field.isRepeated() ? "repeated " + type : type;
  }

  private static void list(EnumDescriptor type, List<String> lines) {
    lines.add("enum " + type.getFullName());
    type.getValues()
        .forEach(value -> lines.add("  %d %s".formatted(value.getNumber(), value.getName())));
  }

  private static String golden() throws IOException {
    try (InputStream in = PersistedFieldsTest.class.getResourceAsStream("persisted-fields.txt")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
