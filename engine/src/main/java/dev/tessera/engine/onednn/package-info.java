/**
 * oneDNN as the fused operations use it: primitives over plain row-major memory, each run by the
 * thread that calls it.
 *
 * <ul>
 *   <li>{@link dev.tessera.engine.onednn.Layout}: type, sizes and strides of a tensor
 *   <li>{@link dev.tessera.engine.onednn.Tensor}: a layout at an address
 *   <li>{@link dev.tessera.engine.onednn.OneDnn}: makes primitives for one plan, which share one
 *       scratchpad
 *   <li>{@link dev.tessera.engine.onednn.Primitive}: a primitive, ready to be given its tensors
 *   <li>{@link dev.tessera.engine.onednn.Call}: a primitive with its tensors; running it allocates
 *       nothing in Java
 *   <li>{@link dev.tessera.engine.onednn.Place}: a layout at an address that changes from call to
 *       call; {@link dev.tessera.engine.onednn.PairedMatrices}: a layout that products read fastest
 *   <li>{@link dev.tessera.engine.onednn.PackedLinear}: a linear map with weights that are laid out
 *       once; {@link dev.tessera.engine.onednn.PackedProduct}: the product of maps of one shape
 *       between rows of {@link dev.tessera.engine.onednn.NativeMatrix}es
 * </ul>
 *
 * <p>oneDNN picks its kernels by the processor it finds (AVX2, AVX-512, AMX); {@code
 * ONEDNN_MAX_CPU_ISA} in the environment caps that choice. Scratchpads are ours, not the library's:
 * the library's belong to the thread that made a primitive, and another thread may not run it.
 */
@NullMarked
package dev.tessera.engine.onednn;

import org.jspecify.annotations.NullMarked;
