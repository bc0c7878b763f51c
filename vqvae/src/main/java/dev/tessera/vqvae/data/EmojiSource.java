package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.ColourMode;
import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.Orientation;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Emoji in one or several open icon styles, captioned "ghost, noto style".
 *
 * @param styles at least one, no style twice; kept in the order of {@link EmojiStyle}
 * @param concepts how many concepts, out of those that all the styles draw and in the order of a
 *     fixed hash; 0 for all concepts of any of the styles
 */
public record EmojiSource(List<EmojiStyle> styles, int concepts) implements PictureSource {
  private static final String NAME = "emoji";

  public EmojiSource {
    if (styles.isEmpty() || new HashSet<>(styles).size() < styles.size()) {
      throw new IllegalArgumentException(
          "the emoji styles are "
              + styles.stream().map(EmojiStyle::set).toList()
              + ", but must be one or several different ones");
    }
    if (concepts < 0) {
      throw new IllegalArgumentException(
          "the number of emoji concepts is " + concepts + ", but must be 1 or more, or 0 for all");
    }
    styles = List.copyOf(EnumSet.copyOf(styles));
  }

  /** All styles and concepts. */
  public static EmojiSource all() {
    return new EmojiSource(List.of(EmojiStyle.values()), 0);
  }

  static boolean isNamedBy(String spec) {
    return spec.equals(NAME) || spec.startsWith(NAME + ":") || spec.startsWith(NAME + "@");
  }

  static EmojiSource parse(String spec) {
    int at = spec.indexOf('@');
    String named = at < 0 ? spec : spec.substring(0, at);
    int concepts = at < 0 ? 0 : parseConcepts(spec, spec.substring(at + 1));
    if (named.equals(NAME)) {
      return new EmojiSource(List.of(EmojiStyle.values()), concepts);
    }
    String[] names = named.substring(NAME.length() + 1).split(",", -1);
    return new EmojiSource(
        Arrays.stream(names).map(name -> EmojiStyle.named(name.strip())).toList(), concepts);
  }

  private static int parseConcepts(String spec, String text) {
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw new IllegalArgumentException(
          "the source " + spec + " has \"" + text + "\" after @, but must have a number from 1 on");
    }
    return Integer.parseInt(text);
  }

  @Override
  public String spec() {
    String chosen =
        styles.size() == EmojiStyle.values().length
            ? NAME
            : NAME + ":" + styles.stream().map(EmojiStyle::set).collect(Collectors.joining(","));
    return concepts == 0 ? chosen : chosen + "@" + concepts;
  }

  /** The icons are a released artifact, so the name that says which are taken stands for them. */
  @Override
  public byte[] stamp() {
    return new Digest().text("iconify 2.2.378").text(spec()).finish();
  }

  @Override
  public PictureStream open() throws IOException {
    return PictureStream.of(pictures());
  }

  private List<SourcePicture> pictures() throws IOException {
    List<IconSet> sets = new ArrayList<>();
    for (EmojiStyle style : EmojiStyle.values()) {
      sets.add(IconSet.read(style));
    }
    EmojiConcepts names = new EmojiConcepts(sets);
    sets.removeIf(set -> !styles.contains(set.style()));
    List<SourcePicture> pictures = new ArrayList<>();
    for (IconSet set : sets) {
      set.icons()
          .forEach(
              (name, icon) -> {
                String id = set.style().set() + "/" + name;
                String concept = names.concept(name).replace('-', ' ');
                pictures.add(new EmojiPicture(id, concept, set.style(), icon));
              });
    }
    if (concepts > 0) {
      Set<String> chosen = choose(pictures);
      pictures.removeIf(picture -> !chosen.contains(picture.concept()));
    }
    pictures.sort(Comparator.comparing(SourcePicture::id));
    return pictures;
  }

  private Set<String> choose(Collection<SourcePicture> pictures) {
    Map<String, Long> drawn =
        pictures.stream()
            .collect(Collectors.groupingBy(SourcePicture::concept, Collectors.counting()));
    Set<String> shared = new TreeSet<>(drawn.keySet());
    shared.removeIf(concept -> drawn.getOrDefault(concept, 0L) < styles.size());
    if (shared.size() < concepts) {
      throw new IllegalArgumentException(
          String.format(
              "the source %s asks for %d concepts, but its styles share only %d",
              spec(), concepts, shared.size()));
    }
    return shared.stream()
        .sorted(Comparator.comparingDouble(concept -> Digest.unit("concept", concept)))
        .limit(concepts)
        .collect(Collectors.toSet());
  }

  @Override
  public String notice() throws IOException {
    List<String> lines = new ArrayList<>();
    for (EmojiStyle style : styles) {
      lines.add(IconSet.read(style).notice());
    }
    return String.join("\n", lines);
  }

  @Override
  public boolean[] split(List<PictureEntry> entries, PrepareOptions options) {
    return Split.byPair(entries, options);
  }

  private record EmojiPicture(String id, String concept, EmojiStyle drawnIn, IconSet.Icon icon)
      implements SourcePicture {
    @Override
    public String style() {
      return drawnIn.set();
    }

    /** Some keycaps are white on nothing. */
    @Override
    public boolean keepsBlank() {
      return false;
    }

    @Override
    public List<String> captions() {
      return List.of(concept + ", " + drawnIn.word() + " style");
    }

    @Override
    public DecodedPicture decode(PictureConfig target) throws IOException {
      return new DecodedPicture(
          IconRaster.draw(id, icon, target),
          Orientation.NORMAL,
          icon.height(),
          icon.width(),
          "svg",
          ColourMode.RGBA);
    }
  }
}
