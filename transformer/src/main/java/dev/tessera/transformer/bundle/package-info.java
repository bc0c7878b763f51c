/**
 * The bundle: a model as one file that cannot mismatch. This page is the manual of its format,
 * version {@value dev.tessera.transformer.bundle.Bundle#FORMAT_VERSION}.
 *
 * <p>{@code NAME.tessera} is a ZIP archive. These are its entries, in the order of writing; a
 * reader finds them by name:
 *
 * <pre>
 * manifest.pb               dev.tessera.proto.Manifest, at most 1 MiB
 * tokenizer.pb              dev.tessera.proto.Bpe, at most 4 MiB               with stage 2 only
 * vqvae.safetensors         the averaged weights of stage 1
 * transformer.safetensors   the averaged weights of stage 2                  with stage 2 only
 * ranker.safetensors        the averaged weights of the ranker               with a ranker only
 * naming.pb                 dev.tessera.proto.CaptionForm, at most 8 MiB     optional
 * naming.safetensors        the averaged weights of naming                   with naming.pb only
 * preview.png               samples of the model, at most 8 MiB              optional
 * </pre>
 *
 * <p><b>Archive.</b> A strict subset of ZIP, all numbers little-endian: any archiver reads a
 * bundle, and {@code zip -0 -X} makes one. There are no bytes but these, in this order:
 *
 * <pre>
 * for each entry   50 4B 03 04, 26 bytes of header, name, extra field (written empty), content
 * for each entry   50 4B 01 02, 42 bytes of header, name, extra field, comment (written empty)
 * once             50 4B 05 06, 18 bytes: where the directory is; no comment, nothing after it
 * </pre>
 *
 * Method 0 (stored), flags 0 or 0x0800 (names are UTF-8), one volume, no ZIP64: contents are
 * shorter than 2 GiB each and than 4,000,000,000 bytes together. The header in front of a content
 * and the one in the directory must agree. Written times are 1980-02-01 00:00, so that equal models
 * are equal files.
 *
 * <p><b>Manifest.</b> It is specified by manifest.proto and config.proto and holds
 *
 * <ul>
 *   <li>the format version. Another one is refused before anything else is looked at; it is raised
 *       when an older reader would misunderstand a file;
 *   <li>the configurations. A field, enum value or quantiser that is not known is refused by name,
 *       since a model without a part of its configuration is another model;
 *   <li>what is not configured, but would make another model of the same weights: the range of
 *       pixel values, the reach of {@link dev.tessera.engine.graph.MaskPattern#LOCAL} and the
 *       kernel of {@link dev.tessera.engine.graph.MaskPattern#CONV};
 *   <li>both vocabulary sizes, for readers that cannot derive them;
 *   <li>for every other entry its length, its SHA-256 and, if it holds tensors, the name, shape and
 *       type of each;
 *   <li>the provenance, the one part where unknown fields are passed over.
 * </ul>
 *
 * <p><b>Tensors</b> are in the safetensors format ({@link dev.tessera.engine.store.Safetensors}),
 * so that Python reads them with {@code safetensors.numpy.load(zipfile.ZipFile(f).read(name))}.
 * Training writes F32. In a compact bundle ({@link dev.tessera.transformer.bundle.Bundle#compact})
 * the tensors of stage 2, of the ranker and of naming whose names end in {@code /weight} and the
 * {@code token_embedding} of stage 2 are BF16 or F16, to the nearest number, of two equally near
 * ones the one whose last bit is 0; all else is F32. A reader takes any of the three for any
 * tensor, and who writes what was read keeps each tensor's type.
 *
 * <p><b>Naming</b> is what finds captions of parts ({@link
 * dev.tessera.transformer.naming.CaptionForm}): {@code naming.pb} says which there are, the shapes
 * of {@code naming.safetensors} follow from it, and are compared with it by who reads.
 *
 * <p><b>Names and shapes</b> have one definition, the graph that {@link
 * dev.tessera.vqvae.model.Vqvae}, {@link dev.tessera.transformer.model.Gpt} and {@link
 * dev.tessera.transformer.ranker.TwoTowers} build from a configuration; a second list would go out
 * of step with it. {@link dev.tessera.transformer.bundle.Bundle#write} builds the graphs and
 * refuses weights that are not exactly theirs, then records what it wrote in the manifest. {@link
 * dev.tessera.transformer.bundle.Bundle#read} compares the tensors with that record, which needs no
 * ND4J (1.5 seconds, and a native library). Who uses the weights holds them against the model once
 * more: {@link dev.tessera.transformer.bundle.Bundle#vqvaeParameters} and {@link
 * dev.tessera.transformer.bundle.Bundle.Stage2#parameters} against the graph, and a decoder fails
 * on a tensor that is missing or misshaped. So only a forged bundle passes the reader with weights
 * of another model, and it fails before the first picture.
 *
 * <p><b>Invariants.</b> Reading returns a bundle or throws an {@link java.io.IOException} with one
 * sentence that names the file, the part, what was found and what was expected. Memory is taken in
 * proportion to the file, never to what it claims: a size counts only once the bytes are there.
 * CRC-32 is checked for every entry, SHA-256 for every entry but the manifest. Digests reveal
 * damage and mix-ups; they are no signature.
 *
 * <ul>
 *   <li>{@link dev.tessera.transformer.bundle.Bundle}: the model, {@link
 *       dev.tessera.transformer.bundle.Provenance} with it; reads and writes.
 *   <li>{@code BundleWriter} writes; {@code StoredZip} reads an archive, {@code CheckedArchive}
 *       compares it with its manifest, {@code BundleReader} makes a bundle of it.
 *   <li>{@code VqvaeProtos}, {@code TransformerProtos}, {@code RankerProtos}, {@code NamingProtos}:
 *       configurations and the form of captions, and their stored form; {@code Newer} refuses what
 *       they do not know.
 *   <li>{@code DeclaredWeights}: weights against the graph; {@code CompactWeights}: weights in
 *       fewer bytes.
 * </ul>
 */
@NullMarked
package dev.tessera.transformer.bundle;

import org.jspecify.annotations.NullMarked;
