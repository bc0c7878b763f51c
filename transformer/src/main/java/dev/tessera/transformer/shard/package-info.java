/**
 * Token shards: a set of pictures as tokens, made once and trained from many times. This page is
 * the manual of their format, version {@value
 * dev.tessera.transformer.shard.ShardHeader#FORMAT_VERSION}.
 *
 * <p>A folder holds a set as {@code tokens-00000.tok}, {@code tokens-00001.tok} and so on, with the
 * vocabulary of its captions, {@code tokenizer.pb}. Each file of tokens is a signature and then
 * frames:
 *
 * <pre>
 * 8 bytes   89 54 4F 4B 0D 0A 1A 0A           0x89 "TOK" CR LF 0x1A LF, so that damage by a transfer
 *                                             as text shows
 * frame     varint n, n bytes, 4 bytes        the header: dev.tessera.proto.TokenShard
 * frame     varint n, n bytes, 4 bytes        dev.tessera.proto.TokenRecord, as many as the header
 *                                             says; after the last one there is nothing
 * </pre>
 *
 * A varint is that of Protocol Buffers, n at most 2^28; the 4 bytes are the CRC32C (Castagnoli, RFC
 * 3720) of the n bytes, little-endian. The messages are specified by tokens.proto. A file is
 * shorter than 2 GiB, so that one mapping holds it.
 *
 * <p>Records come in the order of the pictures, and a set's files say which of them they hold.
 *
 * <ul>
 *   <li>{@link dev.tessera.transformer.shard.TokenOrigin}: what a set was made from; sets of equal
 *       origin hold the same tokens.
 *   <li>{@link dev.tessera.transformer.shard.ShardHeader}: a file's header.
 *   <li>{@link dev.tessera.transformer.shard.TokenShard}: one mapped file.
 *   <li>{@link dev.tessera.transformer.shard.TokenShards}: a set, of one {@link
 *       dev.tessera.transformer.shard.PictureTokens} for each picture; {@link
 *       dev.tessera.transformer.shard.ShardWriter} writes it.
 *   <li>{@link dev.tessera.transformer.shard.Tokenising}: makes a set of pictures.
 * </ul>
 *
 * <p><b>Invariants.</b> Opening a file checks every checksum and every token, and takes eight bytes
 * of memory for each record; whatever bytes it holds, it is opened or an {@link
 * java.io.IOException} names the file, what was found and what was expected. After that, reading
 * cannot fail. A set appears under its name only when it is whole.
 */
@NullMarked
package dev.tessera.transformer.shard;

import org.jspecify.annotations.NullMarked;
