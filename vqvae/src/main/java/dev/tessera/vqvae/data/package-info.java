/**
 * From a source of pictures to memory-mapped training data.
 *
 * <p>A {@link dev.tessera.vqvae.data.PictureSource} is written as one string everywhere:
 *
 * <pre>
 * a/folder                  pictures in it and below, captions in image.txt beside image.png
 * emoji                     the five icon styles of the class path
 * emoji:noto,twemoji        some of them
 * emoji:noto,twemoji@64     of these, 64 concepts that every one of them draws
 * tar:shard-{000..009}.tar  WebDataset shards, also .tar.gz; braces, ranges, * and ?
 * coco:captions.json        the captions of a COCO file, pictures beside it
 * coco:captions.json@folder the same, pictures in that folder
 * idx:folder                the train files of the MNIST family, class names as captions
 * idx:folder@t10k           its files that begin with t10k
 * emoji*2+./photos          several of these; a pass of training shows the emoji twice
 * </pre>
 *
 * A folder whose name would be read as one of the others is written with a path: {@code ./emoji}. A
 * {@code +} in a name is written {@code ++}; a name that ends in {@code *2} gets a weight, {@code
 * *2*1}. Sources are read as a {@link dev.tessera.vqvae.data.PictureStream}, so none of them is
 * limited by memory. In a mixture the id of a picture is {@code source path}.
 *
 * <p>{@link dev.tessera.vqvae.data.PreparedPictures} brings all pictures of a source to one shape
 * once and keeps them in a cache:
 *
 * <pre>
 * CACHE/KEY/pictures.bin     picture i is bytes [i·H·W·3, (i + 1)·H·W·3): uint8, row-major, RGB
 * CACHE/KEY/records.bin      dev.tessera.proto.PictureRecord of each: id, captions, split; then
 *                            where each ends, int64, big-endian
 * CACHE/KEY/index.pb         dev.tessera.proto.PictureIndex: counts and digests
 * CACHE/KEY/quarantine.tsv   files that could not be used: id, tab, reason
 * </pre>
 *
 * KEY is the start of a SHA-256 over the source, the sizes and times of its files, the shape and
 * the options, so a change makes another cache. A cache appears under its name only when it is
 * whole; one that has been damaged since is noticed and made again.
 *
 * <p>Pictures with identical pixels are merged <em>before</em> the split into training and held-out
 * part: the first id stays, and the captions of all are its alternatives, 256 at most. The split
 * depends on names alone, so that neither the order of files nor new files move a picture from one
 * part to the other.
 *
 * <p>{@link dev.tessera.vqvae.data.Audit} tells what is in a source without keeping it.
 */
@NullMarked
package dev.tessera.vqvae.data;

import org.jspecify.annotations.NullMarked;
