package dev.tessera.transformer.decode;

/**
 * What one member of a team does of a pass. Each has the residual stream of all rows for itself and
 * does what is cheap on all of it; of attention it does its own heads, of a product its own
 * columns. Four times a layer the members wait for each other: when all heads have been attended
 * to, and after the products of which others need the columns.
 */
sealed interface Member permits PlainMember, PackedMember {
  /** Does its part; the logits are there when all members have. */
  void run(Pass pass);

  /** Keys and values of the member's own heads. */
  KeyValueCache cache();
}
