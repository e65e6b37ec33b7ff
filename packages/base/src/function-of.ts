/**
 * Code is made for each record and message, as V8 turns a function that always meets the same shapes into few instructions. Names of a schema stand in it as JSON texts alone. Undefined where a process
 * may make no code (`--disallow-code-generation-from-strings`).
 */
export function functionOf(parameters: readonly string[], body: string): ((...values: unknown[]) => unknown) | undefined {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval
    return new Function(...parameters, `"use strict"; ${body}`) as (...values: unknown[]) => unknown;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
