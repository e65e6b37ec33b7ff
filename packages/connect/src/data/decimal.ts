/** An exact number: `unscaled / 10^scale`, as Java's `BigDecimal`. Equal numbers of other scales are other values (1.0 and 1.00). */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}
