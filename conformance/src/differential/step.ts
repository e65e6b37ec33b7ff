import type { ScriptContext } from "./script-context.ts";

/** One kind of thing that a script does. */
export interface StepKind {
  readonly name: string;
  /** How often, beside the other kinds. */
  readonly weight: number;
  /** The APIs it needs at both clusters. */
  readonly keys: readonly number[];
  /** Decides from the context's randomness and model what to ask, asks it, and notes what Kafka answered. */
  run(context: ScriptContext): Promise<void>;
}
