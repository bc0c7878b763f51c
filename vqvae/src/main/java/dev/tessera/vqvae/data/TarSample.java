package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.BrokenPictureException;
import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries of one sample, as they come. */
final class TarSample {
  private static final byte[] UNREAD = {};
  private static final int MAXIMUM_TEXTS = 16;

  private final String key;
  private final List<SourcePicture> refused = new ArrayList<>();
  private final List<CaptionEntry> texts = new ArrayList<>();
  private @Nullable EntryName pictureName;
  private String id = "";
  private byte[] picture = UNREAD;
  private long claimed;

  /** Captions not parsed yet. */
  private record CaptionEntry(String id, boolean json, byte @Nullable [] content) {
    List<String> read() throws IOException {
      if (content == null) {
        CaptionFile.requireSize(id, Long.MAX_VALUE);
        return List.of();
      }
      return json ? CaptionJson.parse(id, content) : CaptionFile.parse(id, content);
    }
  }

  TarSample(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }

  /** Whether an entry would become the sample's picture, or shows that there are two of it. */
  boolean wants(EntryName name) {
    return pictureName == null || name.isPlainPicture();
  }

  /**
   * Takes a picture that the sample wants.
   *
   * @param content null if it is too large to be read
   * @param size that the archive claims
   */
  void picture(String entryId, EntryName name, byte @Nullable [] content, long size) {
    if (pictureName != null && pictureName.isPlainPicture()) {
      refused.add(
          new BrokenEntry(entryId, "a second picture of the sample " + key + ", after " + id));
      return;
    }
    pictureName = name;
    id = entryId;
    picture = content == null ? UNREAD : content;
    claimed = size;
  }

  /** Takes captions, up to a number of files; null content if they are too large to be read. */
  void captions(String entryId, EntryName name, byte @Nullable [] content) {
    if (texts.size() < MAXIMUM_TEXTS) {
      texts.add(new CaptionEntry(entryId, name.isJson(), content));
    }
  }

  /** What the sample comes to: its picture and what cannot be used, or nothing. */
  List<SourcePicture> finish() {
    List<SourcePicture> all = new ArrayList<>();
    if (pictureName != null) {
      all.add(new TarPicture(id, picture, claimed, texts));
    } else if (texts.stream().anyMatch(TarSample::hasCaptions)) {
      all.add(
          new BrokenEntry(
              texts.get(0).id(),
              "captions without a picture of the same name beside them in the archive"));
    }
    all.addAll(refused);
    return all;
  }

  /** Texts that are no captions, such as a README or facts in JSON, are nobody's loss. */
  private static boolean hasCaptions(CaptionEntry text) {
    if (!text.json()) {
      return true;
    }
    try {
      return !text.read().isEmpty();
    } catch (IOException e) {
      return true;
    }
  }

  private record TarPicture(String id, byte[] content, long claimed, List<CaptionEntry> texts)
      implements SourcePicture {
    @Override
    public long heldBytes() {
      return content.length;
    }

    @Override
    public List<String> captions() throws IOException {
      List<String> captions = new ArrayList<>();
      for (CaptionEntry text : texts) {
        captions.addAll(text.read());
      }
      return captions;
    }

    @Override
    public DecodedPicture decode(PictureConfig target) throws IOException {
      if (claimed > PictureDecoder.MAXIMUM_BYTES) {
        throw new BrokenPictureException(
            id,
            String.format(
                "%,d bytes, but at most %,d are read", claimed, PictureDecoder.MAXIMUM_BYTES));
      }
      return PictureDecoder.decode(id, content, target);
    }
  }
}
