package dev.tessera.cli.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;
import dev.tessera.vqvae.training.Adversary;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.cfg.MapperBuilder;

/** What the mapper must know of the libraries' records, which know nothing of it. */
final class ConfigMixIns {
  /** The kinds of quantiser, told apart by the key {@code type}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = FiniteScalar.class, name = "fsq"),
    @JsonSubTypes.Type(value = VectorQuantiser.class, name = "vq"),
    @JsonSubTypes.Type(value = GumbelSoftmax.class, name = "gumbel"),
    @JsonSubTypes.Type(value = LookupFree.class, name = "lfq")
  })
  interface QuantiserKinds {}

  /** The kinds of adversary, told apart by the key {@code type}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Adversary.None.class, name = "none"),
    @JsonSubTypes.Type(value = Adversary.Patches.class, name = "patches")
  })
  interface AdversaryKinds {}

  /** The background as a colour, not as a number. */
  interface PictureColours {
    @JsonSerialize(using = ColourWriter.class)
    @JsonDeserialize(using = ColourReader.class)
    int background();
  }

  private static final class ColourWriter extends ValueSerializer<Integer> {
    @Override
    public void serialize(Integer colour, JsonGenerator out, SerializationContext context) {
      out.writeString(Colour.format(colour));
    }
  }

  private static final class ColourReader extends ValueDeserializer<Integer> {
    @Override
    public Integer deserialize(JsonParser in, DeserializationContext context) {
      // Taken as text, whatever YAML makes of it: an unquoted 123456 is a colour too.
      return Colour.parse(in.getString());
    }
  }

  private ConfigMixIns() {}

  static <B extends MapperBuilder<?, B>> B addTo(B builder) {
    return builder
        .addMixIn(Quantiser.class, QuantiserKinds.class)
        .addMixIn(Adversary.class, AdversaryKinds.class)
        .addMixIn(PictureConfig.class, PictureColours.class);
  }
}
