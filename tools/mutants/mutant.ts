/**
 * One small fault that is put into the sources on purpose, to see that a test notices: a rule without a test that dies with it is a wish.
 * Each file of `mutants/` holds those of one package.
 */
export interface Mutant {
  /** The rule that is broken, as a sentence. */
  readonly rule: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Which test files run: those whose path contains one of these. */
  readonly tests: readonly string[];
  /** Why it does no harm that no test dies of it: what else keeps the promise. It is listed in docs/mutants.md. */
  readonly harmless?: string;
}
