import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes pictures of a source in the forms in which others keep theirs: a WebDataset, a COCO file,
 * a folder, and a folder of which a share of the captions that training sees are wrong. Run by the
 * scripts beside it, with the program's archives on the class path.
 *
 * <p>usage: MakeSources tar|coco|folder|garbage SOURCE SIDE COUNT OUT [SHARE]
 */
final class MakeSources {
  private static final int SHARD = 1000;
  private static final long SEED = 1;

  private MakeSources() {}

  public static void main(String[] args) throws IOException {
    Path out = Path.of(args[4]);
    Files.createDirectories(out);
    PreparedPictures pictures =
        PreparedPictures.prepare(
            PictureSource.parse(args[1]),
            PictureConfig.square(Integer.parseInt(args[2])),
            out.resolveSibling("cache"),
            PrepareOptions.DEFAULT,
            PrepareListener.NONE);
    int count = Math.min(Integer.parseInt(args[3]), pictures.size());
    switch (args[0]) {
      case "tar" -> tar(pictures, count, out);
      case "coco" -> coco(pictures, count, out);
      case "folder" -> folder(pictures, count, out, 0);
      case "garbage" -> folder(pictures, count, out, Double.parseDouble(args[5]));
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.out.printf("%s: %,d pictures%n", out, count);
  }

  /** Evenly spread over the source, so that all styles are there. */
  private static int which(PreparedPictures pictures, int i, int count) {
    return (int) ((long) i * pictures.size() / count);
  }

  private static void tar(PreparedPictures pictures, int count, Path out) throws IOException {
    for (int first = 0; first < count; first += SHARD) {
      Path file = out.resolve(String.format("emoji-%06d.tar", first / SHARD));
      try (OutputStream bytes = new BufferedOutputStream(Files.newOutputStream(file));
          TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
        for (int i = first; i < Math.min(count, first + SHARD); i++) {
          int picture = which(pictures, i, count);
          String stem = String.format("%06d", i);
          add(tar, stem + ".png", Png.bytes(pictures.picture(picture).toImage()));
          String captions = String.join("\n", pictures.entry(picture).captions());
          add(tar, stem + ".txt", captions.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void coco(PreparedPictures pictures, int count, Path out) throws IOException {
    Path folder = Files.createDirectories(out.resolve("images"));
    List<Map<String, Object>> images = new ArrayList<>();
    List<Map<String, Object>> annotations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int picture = which(pictures, i, count);
      String name = String.format("%012d.png", i);
      Png.write(folder.resolve(name), pictures.picture(picture));
      Map<String, Object> image = new LinkedHashMap<>();
      image.put("id", i);
      image.put("file_name", name);
      image.put("width", pictures.config().width());
      image.put("height", pictures.config().height());
      images.add(image);
      for (String caption : pictures.entry(picture).captions()) {
        Map<String, Object> annotation = new LinkedHashMap<>();
        annotation.put("id", annotations.size());
        annotation.put("image_id", i);
        annotation.put("caption", caption);
        annotations.add(annotation);
      }
    }
    Map<String, Object> coco = new LinkedHashMap<>();
    coco.put("images", images);
    coco.put("annotations", annotations);
    new JsonMapper().writeValue(out.resolve("captions.json").toFile(), coco);
  }

  /**
   * A folder. Which of its pictures are held out depends on their names alone, so that folders of
   * the same pictures have the same; the captions of those stay as they are.
   *
   * @param garbage share of the other pictures that get the caption of another one, or none of any
   *     language
   */
  private static void folder(PreparedPictures pictures, int count, Path out, double garbage)
      throws IOException {
    for (int i = 0; i < count; i++) {
      int picture = which(pictures, i, count);
      Path file = out.resolve(String.format("%06d.png", i));
      Png.write(file, pictures.picture(picture));
      Files.write(captionFile(out, i), pictures.entry(picture).captions());
    }
    if (garbage == 0) {
      return;
    }
    PreparedPictures own =
        PreparedPictures.prepare(
            PictureSource.parse(out.toString()),
            pictures.config(),
            out.resolveSibling("cache"),
            PrepareOptions.DEFAULT,
            PrepareListener.NONE);
    Random random = new Random(SEED);
    int changed = 0;
    for (int picture : own.training()) {
      if (random.nextDouble() < garbage) {
        PictureEntry entry = own.entry(picture);
        int other = own.training()[random.nextInt(own.training().length)];
        List<String> captions =
            random.nextBoolean() ? own.entry(other).captions() : List.of(gibberish(random));
        Files.write(out.resolve(entry.id().replace(".png", ".txt")), captions);
        changed++;
      }
    }
    System.out.printf("%,d of %,d training captions are wrong%n", changed, own.training().length);
  }

  private static Path captionFile(Path out, int i) {
    return out.resolve(String.format("%06d.txt", i));
  }

  private static String gibberish(Random random) {
    StringBuilder text = new StringBuilder();
    int letters = 5 + random.nextInt(25);
    for (int i = 0; i < letters; i++) {
      text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
    }
    return "x" + text;
  }
}
