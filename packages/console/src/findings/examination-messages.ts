import { OttlaError } from "@ottla/base";
import type { Examination, ExaminationProgress } from "./examination.ts";

/** What the process of an examination is told first. */
export interface ExaminationStart {
  readonly bootstrapServers: string;
  /** How it logs in: properties of Kafka's clients. */
  readonly login: readonly (readonly [string, string])[];
  /** Where compiled code is kept; undefined where it is not. */
  readonly compileCache: string | undefined;
  /** What the examination before left for this one. */
  readonly past: Uint8Array | undefined;
}

/** What it says on its way. */
export interface ExaminationNews {
  readonly progress: ExaminationProgress;
}

/** What it says at its end, once. `past` is for the next one: packed, since it is held for long and seldom needed. */
export type ExaminationAnswer =
  | { readonly examination: Examination; readonly past: Uint8Array }
  | { readonly error: { readonly code: string; readonly message: string } };

/** By which the script knows that it is one. */
export const EXAMINATION_WORD = "ottla-examination";

/** The error as it changes processes. */
export function errorMessageOf(error: unknown): { readonly code: string; readonly message: string } {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "EXAMINATION_FAILED";
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** The error that a message stands for. */
export function errorOf({ code, message }: { readonly code: string; readonly message: string }): OttlaError {
  return new OttlaError(code, message);
}
