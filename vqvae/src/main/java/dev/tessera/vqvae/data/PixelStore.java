package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The pixels of all pictures in a mapped file. A mapping holds at most 2 GB, so there are as many
 * as it takes, each of whole pictures.
 */
final class PixelStore {
  private static final int MAPPING_BYTES = 1 << 30;

  private final MappedByteBuffer[] mappings;
  private final int perMapping;
  private final int bytesPerPicture;

  private PixelStore(MappedByteBuffer[] mappings, int perMapping, int bytesPerPicture) {
    this.mappings = mappings;
    this.perMapping = perMapping;
    this.bytesPerPicture = bytesPerPicture;
  }

  /**
   * Maps a file.
   *
   * @throws IOException if it has another length than {@code pictures · bytesPerPicture}
   */
  static PixelStore open(Path file, int pictures, int bytesPerPicture) throws IOException {
    return open(file, pictures, bytesPerPicture, MAPPING_BYTES);
  }

  static PixelStore open(Path file, int pictures, int bytesPerPicture, int mappingBytes)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long expected = (long) pictures * bytesPerPicture;
      if (channel.size() != expected) {
        throw new IOException(
            String.format(
                "%s has %,d bytes, but %d pictures need %,d",
                file, channel.size(), pictures, expected));
      }
      int perMapping = mappingBytes / bytesPerPicture;
      MappedByteBuffer[] mappings = new MappedByteBuffer[(pictures + perMapping - 1) / perMapping];
      for (int i = 0; i < mappings.length; i++) {
        int count = Math.min(perMapping, pictures - i * perMapping);
        mappings[i] =
            channel.map(
                FileChannel.MapMode.READ_ONLY,
                (long) i * perMapping * bytesPerPicture,
                (long) count * bytesPerPicture);
      }
      return new PixelStore(mappings, perMapping, bytesPerPicture);
    }
  }

  /** Copies a picture's pixels. */
  void read(int picture, byte[] rgb) {
    mappings[picture / perMapping].get(
        picture % perMapping * bytesPerPicture, rgb, 0, bytesPerPicture);
  }
}
