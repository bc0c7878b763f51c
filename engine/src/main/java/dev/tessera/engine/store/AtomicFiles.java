package dev.tessera.engine.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders that are replaced whole or not at all: they are made under another name beside
 * the target (a dot, its name, a random part), brought to the disk, and renamed.
 */
public final class AtomicFiles {
  /** A buffered stream whose file can still be brought to the disk after the writer closed it. */
  private static final class StaysOpen extends BufferedOutputStream {
    StaysOpen(OutputStream out) {
      super(out, 1 << 16);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  private AtomicFiles() {}

  /**
   * Writes a file. If the writer or the disk fails, the target is as it was before.
   *
   * @param target in a folder that exists
   * @param writer gets a buffered stream, which it may close or leave open
   */
  public static void write(Path target, IoConsumer<OutputStream> writer) throws IOException {
    Path temporary = beside(target, "tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out = new StaysOpen(Channels.newOutputStream(channel));
        writer.accept(out);
        out.flush();
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    syncFolder(temporary.getParent());
  }

  /**
   * Makes a folder, in place of one that may be there. If the filler or the disk fails, the target
   * is as it was before. No file system renames a folder over another one: for a moment between two
   * renames there is no target, and a process that is killed there leaves the former folder beside
   * it, as {@code .NAME.….old}.
   *
   * @param target in a folder that exists
   * @param filler gets an empty folder to put files in
   */
  public static void replaceDirectory(Path target, IoConsumer<Path> filler) throws IOException {
    boolean replaces = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    if (replaces && !Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(target + ": is a file, but must be a folder or nothing");
    }
    Path temporary = beside(target, "tmp");
    Path former = beside(target, "old");
    Files.createDirectory(temporary);
    try {
      filler.accept(temporary);
      syncTree(temporary);
      if (replaces) {
        Files.move(target, former, StandardCopyOption.ATOMIC_MOVE);
      }
      moveInPlace(temporary, target, replaces ? former : null);
    } finally {
      deleteDirectory(temporary);
    }
    syncFolder(temporary.getParent());
    deleteDirectory(former);
  }

  private static void moveInPlace(Path temporary, Path target, @Nullable Path former)
      throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (former != null) {
        Files.move(former, target, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
  }

  private static Path beside(Path target, String extension) {
    Path absolute = target.toAbsolutePath();
    Path name = absolute.getFileName();
    if (name == null) {
      throw new IllegalArgumentException(target + " has no name, so nothing can be put there");
    }
    return absolute.resolveSibling(".%s.%s.%s".formatted(name, UUID.randomUUID(), extension));
  }

  private static void syncTree(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> tree = Files.walk(folder)) {
      paths = tree.toList();
    }
    for (Path path : paths) {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        syncFolder(path);
      } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
  }

  /** Brings renames to the disk where the system can do that: Windows cannot open a folder. */
  private static void syncFolder(@Nullable Path folder) {
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (IOException unsupported) {
        // The files themselves are on the disk; their names follow when the system sees fit.
      }
    }
  }

  /** Removes a folder with all that is in it, if it is there; links are removed, not followed. */
  public static void deleteDirectory(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
