package dev.tessera.vqvae.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EmojiSourceTest {
  @Test
  void allStylesTogetherAreTheKnownCollection() throws IOException {
    List<SourcePicture> pictures = Listing.of(EmojiSource.all());

    assertThat(pictures).hasSize(7284);
    assertThat(pictures).extracting(SourcePicture::id).isSorted().doesNotHaveDuplicates();
    Map<String, Long> styles =
        pictures.stream()
            .collect(Collectors.groupingBy(SourcePicture::style, Collectors.counting()));
    assertThat(styles)
        .isEqualTo(
            Map.of(
                "noto", 1671L,
                "noto-v1", 1261L,
                "twemoji", 1616L,
                "fluent-emoji-flat", 1593L,
                "emojione", 1143L));
    assertThat(concepts(pictures).values()).allMatch(drawn -> drawn <= 5);
    assertThat(concepts(pictures)).hasSize(1686);
    assertThat(concepts(pictures).values().stream().filter(drawn -> drawn == 5)).hasSize(1077);
  }

  private static Map<String, Long> concepts(List<SourcePicture> pictures) {
    return pictures.stream()
        .collect(Collectors.groupingBy(SourcePicture::concept, Collectors.counting()));
  }

  @Test
  void skipsSkinTonesAndFlagsButNotSquaresOfMediumSize() throws IOException {
    List<String> ids = Listing.of("emoji:fluent,noto").stream().map(SourcePicture::id).toList();

    assertThat(ids)
        .contains(
            "fluent-emoji-flat/waving-hand",
            "fluent-emoji-flat/black-medium-square",
            "fluent-emoji-flat/black-medium-small-square",
            "fluent-emoji-flat/police-car-light",
            "noto/pirate-flag")
        .doesNotContain(
            "fluent-emoji-flat/waving-hand-medium",
            "fluent-emoji-flat/waving-hand-medium-dark",
            "noto/waving-hand-medium-skin-tone",
            "noto/flag-japan");
  }

  @Test
  void captionsNameConceptAndStyle() throws IOException {
    List<SourcePicture> pictures = Listing.of(EmojiSource.all());

    assertThat(captions(pictures, "noto/ghost")).containsExactly("ghost, noto style");
    assertThat(captions(pictures, "noto-v1/ghost")).containsExactly("ghost, blob style");
    assertThat(captions(pictures, "fluent-emoji-flat/red-heart"))
        .containsExactly("red heart, fluent style");
  }

  private static List<String> captions(List<SourcePicture> pictures, String id) throws IOException {
    for (SourcePicture picture : pictures) {
      if (picture.id().equals(id)) {
        return picture.captions();
      }
    }
    throw new AssertionError("no picture " + id);
  }

  @Test
  void whatOneStyleCallsDifferentlyIsTheSameConcept() throws IOException {
    List<SourcePicture> one = Listing.of("emoji:emojione");
    List<SourcePicture> fluent = Listing.of("emoji:fluent");

    // By an alias; by the code points; the same whatever styles are chosen.
    assertThat(captions(one, "emojione/lion-face")).containsExactly("lion, emojione style");
    assertThat(captions(fluent, "fluent-emoji-flat/person-merpeople"))
        .containsExactly("merperson, fluent style");
    // Noto draws both a cricket and a game of cricket, although an alias joins the names.
    List<SourcePicture> noto = Listing.of("emoji:noto");
    assertThat(captions(noto, "noto/cricket")).containsExactly("cricket, noto style");
    assertThat(captions(noto, "noto/cricket-game")).containsExactly("cricket game, noto style");
  }

  @Test
  void aCapTakesConceptsThatEveryStyleDraws() throws IOException {
    List<SourcePicture> few = Listing.of("emoji:noto,twemoji@10");
    List<SourcePicture> more = Listing.of("emoji:noto,twemoji@20");

    assertThat(few).hasSize(20);
    assertThat(concepts(few)).hasSize(10);
    assertThat(concepts(few).values()).containsOnly(2L);
    assertThat(concepts(more)).hasSize(20).containsAllEntriesOf(concepts(few));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Listing.of("emoji@5000"))
        .withMessage(
            "the source emoji@5000 asks for 5000 concepts, but its styles share only 1077");
  }

  @Test
  void drawsInColourOnTheBackground() throws IOException {
    PictureConfig config = PictureConfig.square(32);
    List<SourcePicture> pictures = Listing.of("emoji:noto");
    SourcePicture heart =
        pictures.stream().filter(p -> p.id().equals("noto/red-heart")).findFirst().orElseThrow();

    Rgb drawn = Pictures.prepare(heart.decode(config), config);

    assertThat(drawn.colour(0, 0)).isEqualTo(0xFFFFFF);
    int middle = drawn.colour(16, 16);
    assertThat(middle >> 16).isGreaterThan(0xC0);
    assertThat(middle & 0xFF).isLessThan(0x70);
    assertThat(Pictures.prepare(heart.decode(config), config).pixels()).isEqualTo(drawn.pixels());
  }

  @Test
  void noticesNameAuthorsAndLicences() throws IOException {
    assertThat(EmojiSource.all().notice().lines())
        .hasSize(5)
        .allMatch(line -> line.contains(" by ") && line.contains("licence "))
        .anyMatch(
            line -> line.startsWith("Twitter Emoji by Twitter") && line.contains("CC BY 4.0"));
  }

  @Test
  void readsTheFormatOfIconSets() {
    String json =
        """
        {"prefix": "noto", "width": 128, "height": 64, "unknown": {"deep": [1, {"a": 2}]},
         "info": {"name": "N", "author": {"name": "A", "url": "u"},
                  "license": {"title": "L", "url": "v"}, "samples": ["x"], "palette": true},
         "icons": {"a": {"body": "<g/>"}, "b": {"body": "<b/>", "height": 32, "left": 4},
                   "gone": {"body": "<g/>", "hidden": true}, "flag-x": {"body": "<g/>"}},
         "aliases": {"c": {"parent": "a"}, "d": {"parent": "a", "hFlip": true}},
         "chars": {"1f600-fe0f-200d": "a"}}
        """;

    IconSet set =
        IconSet.parse(
            EmojiStyle.NOTO, new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));

    assertThat(set.icons())
        .isEqualTo(
            Map.of("a", new IconSet.Icon("<g/>", 64, 128), "b", new IconSet.Icon("<b/>", 32, 128)));
    assertThat(set.aliases()).isEqualTo(Map.of("c", "a"));
    assertThat(set.chars()).isEqualTo(Map.of("1f600-200d", "a"));
    assertThat(set.notice()).isEqualTo("N by A (u), licence L (v)");
    assertThat(new EmojiConcepts(Set.of(set)).concept("a")).isEqualTo("a");
  }
}
