/**
 * The Protocol Buffers messages: everything that is persisted or sent. All classes but this page
 * are generated from {@code src/main/protobuf/tessera}, where each message and field is described.
 *
 * <ul>
 *   <li>manifest.proto: {@link dev.tessera.proto.Manifest} and {@link
 *       dev.tessera.proto.Provenance}, the description of a bundle.
 *   <li>config.proto: {@link dev.tessera.proto.VqvaeConfig}, {@link
 *       dev.tessera.proto.TransformerConfig}, {@link dev.tessera.proto.PictureConfig},
 *       hyper-parameters.
 *   <li>tokenizer.proto: {@link dev.tessera.proto.Bpe}, a vocabulary.
 *   <li>naming.proto: {@link dev.tessera.proto.CaptionForm}, what captions are made of.
 *   <li>training.proto: {@link dev.tessera.proto.TrainingState}, a checkpoint.
 *   <li>tokens.proto: {@link dev.tessera.proto.TokenShard} and {@link
 *       dev.tessera.proto.TokenRecord}, pictures and captions as tokens.
 *   <li>pictures.proto: {@link dev.tessera.proto.PictureIndex}, a cache of prepared pictures.
 * </ul>
 *
 * <p>Invariants: what was written stays readable. The number and type of a field never change, the
 * number of a removed one is reserved, and an enum value keeps its number; a test compares every
 * message with the list that {@code src/test/resources} holds. Messages check nothing: the modules
 * that own them turn them into records whose constructors do.
 */
@NullMarked
package dev.tessera.proto;

import org.jspecify.annotations.NullMarked;
