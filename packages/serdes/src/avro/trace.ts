import { ValueProblem } from "../serde/format-engine.ts";

/** Where in a value a second, slower run is, after the first one failed. */
export type Trace = (string | number)[];

/** Runs a step one place further inside; where it fails, the trace stays as it was there. */
export function traced<A, B, R>(trace: Trace | undefined, place: string | number, step: (a: A, b: B) => R): (a: A, b: B) => R {
  if (trace === undefined) return step;
  return (a, b) => {
    trace.push(place);
    const result = step(a, b);
    trace.pop();
    return result;
  };
}

/** The problem with its place. */
export function placed(problem: unknown, trace: Trace): unknown {
  if (!(problem instanceof ValueProblem)) return problem;
  const path = trace.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return new ValueProblem(path, problem.message, problem.cause);
}

/** How deep records may stand inside each other, so that the stack is never at its end. */
export const DEPTH_MAX = 1_000;

export function tooDeep(): never {
  throw new ValueProblem("", `more than ${DEPTH_MAX} records stand inside each other`);
}
