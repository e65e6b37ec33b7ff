import { brokerMutants } from "./broker-mutants.ts";
import type { Mutant } from "./mutant.ts";

/** All mutants, by package. */
export const mutants: readonly Mutant[] = [...brokerMutants];
