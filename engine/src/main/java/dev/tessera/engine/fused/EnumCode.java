package dev.tessera.engine.fused;

/** Constants as numbers, for the arguments of nodes. They live no longer than their graph. */
final class EnumCode {
  private EnumCode() {}

  @SuppressWarnings("EnumOrdinal") // never stored, so the order of the constants may change
  static long of(Enum<?> constant) {
    return constant.ordinal();
  }

  static <E extends Enum<E>> E decode(Class<E> type, long code) {
    return type.getEnumConstants()[Math.toIntExact(code)];
  }
}
