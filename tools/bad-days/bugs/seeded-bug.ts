/** A fault that is put into the sources as they are loaded, to see that the simulation notices. */
export interface SeededBug {
  /** The promise that it breaks, as a sentence. */
  readonly breaks: string;
  readonly area: "log" | "recovery" | "produce" | "fetch" | "groups" | "transactions" | "metadata";
  /** From the root of the checkout. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}
