import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tessera.engine.store.Sha256;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Blind recognition of emoji: draws the prompts, makes the sheets that somebody judges, counts what
 * was right. Run by the script beside it, with the program's archives on the class path.
 *
 * <p>usage: Recognition prompts | export PROMPTS OUT | sheets PROMPTS PICTURES OUT SEED | score ANSWERS KEY
 *
 * <p>All that is drawn is drawn by SHA-256 of texts, so that it is the same everywhere and always.
 */
final class Recognition {
  private static final int PAIRS = 25;
  private static final int CANDIDATES = 10;
  private static final int SIDE = 32;

  /** Salt of the draw of prompts. */
  private static final String PROMPT_SEED = "1";

  /** What Noto's set calls the things that people can picture by their name alone. */
  private static final Set<String> THINGS =
      Set.of("Activities", "Animals & Nature", "Food & Drink", "Objects", "Travel & Places");

  /** Styles that must draw a concept, this one's picture included. */
  private static final int LEAST_STYLES = 4;

  private static final String NOTO =
      "META-INF/resources/webjars/iconify__json/2.2.378/json/noto.json";

  private static final int ROWS = 5;
  private static final int COLUMNS = 2;
  private static final int SHOWN = 160;
  private static final int TEXT_WIDTH = 270;
  private static final int MARGIN = 12;
  private static final int LINE = 16;

  private static final double NORMAL_95 = 1.959963985;

  /** A line of the file of prompts: which pair, and whether training sees it. */
  private record Prompt(String part, String concept, String text) {}

  private Recognition() {}

  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "prompts" -> prompts();
      case "export" -> export(Path.of(args[1]), Path.of(args[2]));
      case "sheets" -> sheets(Path.of(args[1]), Path.of(args[2]), Path.of(args[3]), args[4]);
      case "score" -> System.exit(score(Path.of(args[1]), Path.of(args[2])));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static PreparedPictures emoji() throws IOException {
    return PreparedPictures.prepare(
        PictureSource.parse("emoji"),
        PictureConfig.square(SIDE),
        Path.of(System.getProperty("cache")),
        PrepareOptions.DEFAULT,
        PrepareListener.NONE);
  }

  /** A hash of texts, which orders whatever is drawn. */
  private static String hash(String... texts) {
    return Sha256.hex(Sha256.of(String.join("\t", texts).getBytes(UTF_8)));
  }

  /**
   * Prints the file of prompts. Eligible are the concepts of one word that belong to the things of
   * Noto's categories and are drawn in four styles or more; of their pairs of concept and style
   * those with the lowest hashes are taken, the held-out ones first, no concept twice.
   */
  private static void prompts() throws IOException {
    PreparedPictures pictures = emoji();
    Set<String> eligible = eligible(pictures);
    Set<String> taken = new HashSet<>();
    System.out.println("part\tconcept\tprompt");
    for (boolean heldOut : new boolean[] {true, false}) {
      List<PictureEntry> pairs = new ArrayList<>();
      for (int i = 0; i < pictures.size(); i++) {
        PictureEntry entry = pictures.entry(i);
        if (entry.heldOut() == heldOut && eligible.contains(entry.concept())) {
          pairs.add(entry);
        }
      }
      pairs.sort(Comparator.comparing(entry -> hash(PROMPT_SEED, "prompt", caption(entry))));
      int drawn = 0;
      for (PictureEntry entry : pairs) {
        if (drawn < PAIRS && taken.add(entry.concept())) {
          String part = heldOut ? "held-out" : "seen";
          System.out.printf("%s\t%s\t%s%n", part, entry.concept(), caption(entry));
          drawn++;
        }
      }
    }
  }

  private static String caption(PictureEntry entry) {
    return entry.captions().get(0);
  }

  private static Set<String> eligible(PreparedPictures pictures) throws IOException {
    Set<String> things = things();
    Map<String, Integer> styles = new HashMap<>();
    Set<String> named = new HashSet<>();
    for (int i = 0; i < pictures.size(); i++) {
      PictureEntry entry = pictures.entry(i);
      styles.merge(entry.concept(), 1, Integer::sum);
      if (things.contains(entry.id()) && !entry.concept().contains(" ")) {
        named.add(entry.concept());
      }
    }
    named.removeIf(concept -> styles.getOrDefault(concept, 0) < LEAST_STYLES);
    return named;
  }

  /** Ids of the pictures of Noto's set that belong to the wanted categories. */
  private static Set<String> things() throws IOException {
    Set<String> ids = new HashSet<>();
    try (InputStream in = Recognition.class.getClassLoader().getResourceAsStream(NOTO)) {
      JsonNode categories = new JsonMapper().readTree(in).get("categories");
      for (String category : THINGS) {
        categories.get(category).forEach(name -> ids.add("noto/" + name.asString()));
      }
    }
    return ids;
  }

  private static List<Prompt> read(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .map(fields -> new Prompt(fields[0], fields[1], fields[2]))
        .toList();
  }

  /** Writes the real pictures of the prompts, as sample would name its own. */
  private static void export(Path promptFile, Path out) throws IOException {
    PreparedPictures pictures = emoji();
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < pictures.size(); i++) {
      places.put(caption(pictures.entry(i)), i);
    }
    List<Prompt> prompts = read(promptFile);
    for (int i = 0; i < prompts.size(); i++) {
      Integer place = places.get(prompts.get(i).text());
      if (place == null) {
        throw new IOException("the set has no \"" + prompts.get(i).text() + "\"");
      }
      Png.write(out.resolve(name(i)), pictures.picture(place));
    }
  }

  private static String name(int prompt) {
    return String.format(Locale.ROOT, "%05d.png", prompt);
  }

  /**
   * Concepts to choose from, the true one among them, in an order that says nothing. The others are
   * of the kind that prompts are drawn from: among any concepts, most of which have longer names,
   * who guesses by the name alone would be right for a third of the pictures.
   */
  private static List<String> candidates(Prompt prompt, Set<String> concepts) {
    List<String> chosen =
        new ArrayList<>(
            concepts.stream()
                .filter(concept -> !concept.equals(prompt.concept()))
                .sorted(Comparator.comparing(concept -> hash(prompt.text(), "other", concept)))
                .limit(CANDIDATES - 1)
                .toList());
    chosen.add(prompt.concept());
    chosen.sort(Comparator.comparing(concept -> hash(prompt.text(), "place", concept)));
    return chosen;
  }

  /**
   * Writes {@code sheet-1.png} and on, for the judge, {@code answers.tsv} to be filled in, and
   * {@code key/key.tsv}, which nobody who judges may see.
   */
  private static void sheets(Path promptFile, Path pictures, Path out, String seed)
      throws IOException {
    Set<String> concepts = eligible(emoji());
    List<Prompt> prompts = read(promptFile);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing(i -> hash(seed, "shuffle", prompts.get(i).text())));
    StringBuilder key = new StringBuilder("picture\tanswer\tpart\tprompt\n");
    StringBuilder form = new StringBuilder("picture\tanswer\n");
    int perSheet = ROWS * COLUMNS;
    for (int first = 0; first < order.size(); first += perSheet) {
      int count = Math.min(perSheet, order.size() - first);
      BufferedImage sheet = blank();
      for (int i = 0; i < count; i++) {
        int number = first + i + 1;
        int which = order.get(first + i);
        Prompt prompt = prompts.get(which);
        List<String> candidates = candidates(prompt, concepts);
        BufferedImage shown = ImageIO.read(pictures.resolve(name(which)).toFile());
        draw(sheet, i, number, shown, candidates);
        int answer = candidates.indexOf(prompt.concept()) + 1;
        key.append(
            "%d\t%d\t%s\t%s%n".formatted(number, answer, prompt.part(), prompt.text()));
        form.append(number).append("\t\n");
      }
      Path file = out.resolve("sheet-" + (first / perSheet + 1) + ".png");
      Png.write(file, sheet);
      System.out.println(file);
    }
    Files.createDirectories(out.resolve("key"));
    Files.writeString(out.resolve("answers.tsv"), form);
    Files.writeString(out.resolve("key/key.tsv"), key);
  }

  private static BufferedImage blank() {
    int width = MARGIN + COLUMNS * (SHOWN + TEXT_WIDTH + 2 * MARGIN);
    int height = MARGIN + ROWS * (SHOWN + 2 * MARGIN);
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(new Color(0xE8E8E8));
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return sheet;
  }

  /** A picture, smoothly enlarged, with its number and its candidates at its right. */
  private static void draw(
      BufferedImage sheet, int place, int number, BufferedImage picture, List<String> candidates) {
    Graphics2D graphics = sheet.createGraphics();
    int left = MARGIN + place % COLUMNS * (SHOWN + TEXT_WIDTH + 2 * MARGIN);
    int top = MARGIN + place / COLUMNS * (SHOWN + 2 * MARGIN);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.drawImage(picture, left, top, SHOWN, SHOWN, null);
    graphics.setColor(Color.BLACK);
    int text = left + SHOWN + MARGIN;
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
    graphics.drawString("Picture " + number, text, top + 10);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    for (int i = 0; i < candidates.size(); i++) {
      graphics.drawString((i + 1) + "  " + candidates.get(i), text, top + 12 + (i + 1) * LINE - 2);
    }
    graphics.dispose();
  }

  private static int score(Path answerFile, Path keyFile) throws IOException {
    Map<Integer, String> answers = new HashMap<>();
    for (String line : Files.readAllLines(answerFile)) {
      String[] fields = line.strip().split("\\s+", -1);
      if (line.isBlank() || line.startsWith("#") || fields[0].equals("picture")) {
        continue;
      }
      if (fields.length < 2 || !fields[0].matches("\\d{1,4}") || !fields[1].matches("[1-9]|10|\\p{L}+")) {
        System.err.printf(
            "%s: \"%s\" is no answer: a picture's number, and 1 to 10 or a candidate%n", answerFile, line);
        return 1;
      }
      if (answers.put(Integer.valueOf(fields[0]), fields[1]) != null) {
        System.err.printf("%s: picture %s is answered twice%n", answerFile, fields[0]);
        return 1;
      }
    }
    Map<String, int[]> counts = new HashMap<>();
    StringBuilder wrong = new StringBuilder();
    List<String> key = Files.readAllLines(keyFile);
    for (String line : key.subList(1, key.size())) {
      String[] fields = line.split("\t", -1);
      String answer = answers.remove(Integer.valueOf(fields[0]));
      if (answer == null) {
        System.err.printf("%s: picture %s has no answer%n", answerFile, fields[0]);
        return 1;
      }
      String concept = fields[3].substring(0, fields[3].indexOf(", "));
      boolean right = answer.equals(fields[1]) || answer.equals(concept);
      int[] count = counts.computeIfAbsent(fields[2], part -> new int[2]);
      count[0] += right ? 1 : 0;
      count[1]++;
      if (!right) {
        wrong.append("  %s (%s)%n".formatted(fields[3], fields[2]));
      }
    }
    if (!answers.isEmpty()) {
      System.err.printf("%s: the key knows no picture %s%n", answerFile, answers.keySet());
      return 1;
    }
    for (String part : new String[] {"seen", "held-out"}) {
      int[] count = counts.getOrDefault(part, new int[2]);
      System.out.println(part + ": " + interval(count[0], count[1]));
    }
    System.out.print("wrong:\n" + wrong);
    return 0;
  }

  /** A share with its interval of 95 % by Wilson's score. */
  private static String interval(int right, int of) {
    if (of == 0) {
      return "none";
    }
    double share = (double) right / of;
    double z2 = NORMAL_95 * NORMAL_95;
    double middle = (share + z2 / (2 * of)) / (1 + z2 / of);
    double half =
        NORMAL_95
            / (1 + z2 / of)
            * Math.sqrt(share * (1 - share) / of + z2 / (4.0 * of * of));
    return String.format(
        Locale.ROOT,
        "%d of %d right, %.0f %% (95 %%: %.0f to %.0f %%, Wilson)",
        right,
        of,
        100 * share,
        100 * Math.max(0, middle - half),
        100 * Math.min(1, middle + half));
  }
}
