package dev.tessera.engine.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void nameTheTarget() {
    target = folder.resolve("target");
  }

  @Test
  void fileIsWrittenAndReplaced() throws IOException {
    AtomicFiles.write(target, out -> out.write("one, the longer".getBytes(UTF_8)));
    assertThat(target).hasContent("one, the longer");
    AtomicFiles.write(target, out -> out.write("two".getBytes(UTF_8)));
    assertThat(target).hasContent("two");
    assertThat(entries()).containsExactly(target);
  }

  @Test
  void readersSeeTheOldFileUntilTheNewOneIsWhole() throws IOException {
    Files.writeString(target, "old");
    AtomicFiles.write(
        target,
        out -> {
          out.write(new byte[1 << 20]);
          out.flush();
          assertThat(target).hasContent("old");
        });
    assertThat(target).hasSize(1 << 20);
  }

  @Test
  void interruptedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Files.writeString(target, "old");
    assertThatIOException()
        .isThrownBy(
            () ->
                AtomicFiles.write(
                    target,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("disk full");
                    }))
        .withMessage("disk full");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(
            () ->
                AtomicFiles.write(
                    target,
                    out -> {
                      throw new AssertionError("killed");
                    }));
    assertThat(target).hasContent("old");
    assertThat(entries()).containsExactly(target);
  }

  @Test
  void writerMayCloseTheStream() throws IOException {
    AtomicFiles.write(
        target,
        out -> {
          out.write('x');
          out.close();
        });
    assertThat(target).hasContent("x");
  }

  @Test
  void fileInAFolderThatDoesNotExistIsRefused() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> AtomicFiles.write(folder.resolve("absent/file"), out -> {}));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AtomicFiles.write(folder.getRoot(), out -> {}));
  }

  @Test
  void fileGetsTheUsualPermissions() throws IOException {
    Assumptions.assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path usual = Files.createFile(folder.resolve("usual"));
    AtomicFiles.write(target, out -> {});
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(usual)));
  }

  @Test
  void folderIsMadeAndReplaced() throws IOException {
    AtomicFiles.replaceDirectory(
        target,
        made -> {
          Files.writeString(made.resolve("a"), "1");
          Files.createDirectory(made.resolve("sub"));
          Files.writeString(made.resolve("sub/b"), "2");
          assertThat(target).doesNotExist();
        });
    assertThat(target.resolve("sub/b")).hasContent("2");

    AtomicFiles.replaceDirectory(
        target,
        made -> {
          Files.writeString(made.resolve("c"), "3");
          assertThat(target.resolve("a")).hasContent("1");
        });
    assertThat(target.resolve("c")).hasContent("3");
    assertThat(target).isDirectoryNotContaining("glob:**/{a,sub}");
    assertThat(entries()).containsExactly(target);
  }

  @Test
  void interruptedFillingLeavesTheOldFolderAndNothingElse() throws IOException {
    Files.createDirectory(target);
    Files.writeString(target.resolve("a"), "1");

    assertThatIOException()
        .isThrownBy(
            () ->
                AtomicFiles.replaceDirectory(
                    target,
                    made -> {
                      Files.createDirectories(made.resolve("x/y"));
                      Files.writeString(made.resolve("x/y/z"), "2");
                      throw new IOException("disk full");
                    }))
        .withMessage("disk full");
    assertThat(target.resolve("a")).hasContent("1");
    assertThat(entries()).containsExactly(target);
  }

  @Test
  void fileIsNotReplacedByAFolder() throws IOException {
    Files.writeString(target, "old");
    assertThatIOException()
        .isThrownBy(() -> AtomicFiles.replaceDirectory(target, made -> {}))
        .withMessage(target + ": is a file, but must be a folder or nothing");
    assertThat(target).hasContent("old");
  }

  @Test
  void linkInsideAReplacedFolderIsRemovedButNotFollowed() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "1");
    Files.createDirectory(target);
    Files.createSymbolicLink(target.resolve("link"), outside);

    AtomicFiles.replaceDirectory(target, made -> {});
    assertThat(outside.resolve("precious")).hasContent("1");
    assertThat(entries()).containsExactlyInAnyOrder(target, outside);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
