package dev.tessera.vqvae.data;

import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several sources as one, in their order. A picture's id is its source's string, a space, and its
 * id there. Pictures with the same pixels are merged across sources, and the first source keeps
 * them.
 *
 * @param parts two or more different sources
 */
public record MixedSource(List<Part> parts) implements PictureSource {
  private static final double SMALLEST_WEIGHT = 0.01;
  private static final double LARGEST_WEIGHT = 100;

  /**
   * One of the sources.
   *
   * @param source no mixture itself
   * @param weight how often a pass of training shows each of its pictures, 0.01 to 100; below 1
   *     only that share of them comes in a pass, others in the next
   */
  public record Part(PictureSource source, double weight) {
    public Part {
      if (!(weight >= SMALLEST_WEIGHT && weight <= LARGEST_WEIGHT)) {
        throw new IllegalArgumentException(
            "the weight of the source "
                + source.spec()
                + " is "
                + SourceSpec.weight(weight)
                + ", but must be 0.01 to 100");
      }
    }

    /** What the ids of its pictures begin with. */
    private String prefix() {
      return source.spec() + " ";
    }
  }

  public MixedSource {
    parts = List.copyOf(parts);
    for (int i = 0; i < parts.size(); i++) {
      for (int j = 0; j < parts.size(); j++) {
        if (i != j && parts.get(i).prefix().startsWith(parts.get(j).prefix())) {
          throw new IllegalArgumentException(
              "the source "
                  + parts.get(j).source().spec()
                  + " is there twice, or another begins with its name and a space");
        }
      }
    }
  }

  @Override
  public String spec() {
    return parts.stream()
        .map(
            part ->
                part.weight() == 1
                    ? part.source().spec()
                    : part.source().spec() + "*" + SourceSpec.weight(part.weight()))
        .collect(Collectors.joining("+"));
  }

  /** Weights have no part in it: they change nothing of what is prepared. */
  @Override
  public byte[] stamp() throws IOException {
    Digest digest = new Digest();
    for (Part part : parts) {
      digest.bytes(part.source().stamp());
    }
    return digest.finish();
  }

  @Override
  public PictureStream open() throws IOException {
    List<PictureStream> streams = new ArrayList<>();
    try {
      for (Part part : parts) {
        streams.add(part.source().open());
      }
    } catch (IOException | RuntimeException e) {
      new Stream(parts, streams).close();
      throw e;
    }
    return new Stream(parts, streams);
  }

  @Override
  public String notice() throws IOException {
    Set<String> lines = new LinkedHashSet<>();
    for (Part part : parts) {
      part.source().notice().lines().forEach(lines::add);
    }
    return String.join("\n", lines);
  }

  @Override
  public double[] weights() {
    return parts.stream().mapToDouble(Part::weight).toArray();
  }

  @Override
  public int part(String id) {
    for (int i = 0; i < parts.size(); i++) {
      if (id.startsWith(parts.get(i).prefix())) {
        return i;
      }
    }
    throw new IllegalArgumentException("no source of " + spec() + " has the picture " + id);
  }

  /** The source, a space, and the group there if there is one. */
  @Override
  public String group(PictureEntry entry) {
    Part part = parts.get(part(entry.id()));
    PictureEntry own = entry.withId(entry.id().substring(part.prefix().length()));
    return (part.prefix() + part.source().group(own)).strip();
  }

  /** Each source splits its own pictures as it would alone. */
  @Override
  public boolean[] split(List<PictureEntry> entries, PrepareOptions options) {
    boolean[] heldOut = new boolean[entries.size()];
    int start = 0;
    while (start < heldOut.length) {
      int part = part(entries.get(start).id());
      int end = start + 1;
      while (end < heldOut.length && part(entries.get(end).id()) == part) {
        end++;
      }
      List<PictureEntry> own =
          new Unprefixed(entries.subList(start, end), parts.get(part).prefix().length());
      boolean[] ofPart = parts.get(part).source().split(own, options);
      System.arraycopy(ofPart, 0, heldOut, start, ofPart.length);
      start = end;
    }
    return heldOut;
  }

  /** Entries as their own source knows them. */
  private static final class Unprefixed extends AbstractList<PictureEntry> {
    private final List<PictureEntry> entries;
    private final int prefix;

    Unprefixed(List<PictureEntry> entries, int prefix) {
      this.entries = entries;
      this.prefix = prefix;
    }

    @Override
    public PictureEntry get(int i) {
      PictureEntry entry = entries.get(i);
      return entry.withId(entry.id().substring(prefix));
    }

    @Override
    public int size() {
      return entries.size();
    }
  }

  private static final class Stream implements PictureStream {
    private final List<Part> parts;
    private final List<PictureStream> streams;
    private int current;

    Stream(List<Part> parts, List<PictureStream> streams) {
      this.parts = parts;
      this.streams = streams;
    }

    @Override
    public @Nullable SourcePicture next() throws IOException {
      while (current < streams.size()) {
        SourcePicture picture = streams.get(current).next();
        if (picture != null) {
          return new RenamedPicture(parts.get(current).prefix() + picture.id(), picture);
        }
        current++;
      }
      return null;
    }

    @Override
    public int expected() {
      int[] all = streams.stream().mapToInt(PictureStream::expected).toArray();
      return Arrays.stream(all).anyMatch(one -> one == UNKNOWN)
          ? UNKNOWN
          : Arrays.stream(all).sum();
    }

    @Override
    public void close() throws IOException {
      IOException failure = null;
      for (PictureStream stream : streams) {
        try {
          stream.close();
        } catch (IOException e) {
          failure = e;
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }
}
