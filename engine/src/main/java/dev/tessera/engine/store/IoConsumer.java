package dev.tessera.engine.store;

import java.io.IOException;

/** A piece of input or output that is handed to {@link AtomicFiles}. */
@FunctionalInterface
public interface IoConsumer<T> {
  void accept(T target) throws IOException;
}
