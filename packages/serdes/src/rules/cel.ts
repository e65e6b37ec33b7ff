import { type CelInput, celEnv, type CelValue, isCelError, isCelList, isCelMap, parse, plan } from "@bufbuild/cel";

/** Longer texts, and loops in loops, are refused: an expression then costs what it and the value are long, but for `in` and `==` within a loop, which cost their product. */
const EXPRESSION_CHARS_MAX = 4_096;
/** A value with more parts is not given to an expression. */
const PARTS_MAX = 10_000;
/** Nor one of more parts to an expression that may have a loop: with `in` in it 9,000 took 1.4 s. */
const LOOPED_PARTS_MAX = 1_000;
const LOOP = /\b(?:all|exists|exists_one|existsOne|map|filter|transform\w*)\b/;

/** An expression that can be asked. Gives JavaScript's values: int as bigint. Throws what the expression fails with. */
export type CelExpression = (variables: Readonly<Record<string, unknown>>) => unknown;

/** Common Expression Language, by its library. Throws for what is no expression, or one that has no bound. */
export function compileCel(text: string): CelExpression {
  if (text.length > EXPRESSION_CHARS_MAX)
    throw new RangeError(`the expression has ${text.length} characters, and at most ${EXPRESSION_CHARS_MAX} are taken`);
  const parsed = parse(text);
  refuseNestedLoops(parsed.expr, false);
  const evaluate = plan(celEnv(), parsed);
  const partsMax = LOOP.test(text) ? LOOPED_PARTS_MAX : PARTS_MAX;
  return (variables) => {
    const budget = { parts: partsMax };
    const bindings = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, toCel(value, budget)]));
    const result = evaluate(bindings);
    if (isCelError(result)) throw new Error(result.message);
    return fromCel(result);
  };
}

function refuseNestedLoops(node: unknown, isInLoop: boolean): void {
  if (typeof node !== "object" || node === null) return;
  const { exprKind = {} } = node as { readonly exprKind?: { readonly case?: string; readonly value?: object } };
  const { case: kind, value } = exprKind;
  if (kind !== "comprehensionExpr" || value === undefined) {
    for (const part of Object.values(node)) refuseNestedLoops(part, isInLoop);
    return;
  }
  if (isInLoop) throw new RangeError("the expression has a loop in a loop (all, exists, map, filter), whose cost has no bound");
  const { iterRange, ...body } = value as { readonly iterRange?: unknown };
  refuseNestedLoops(iterRange, isInLoop);
  for (const part of Object.values(body)) refuseNestedLoops(part, true);
}

function toCel(value: unknown, budget: { parts: number }): CelInput {
  if (--budget.parts < 0) throw new RangeError(`the value has more parts than this expression is asked about`);
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value as CelInput;
  if (Array.isArray(value)) return value.map((element) => toCel(element, budget));
  return new Map(Object.entries(value).map(([name, part]) => [name, toCel(part, budget)]));
}

function fromCel(value: CelValue): unknown {
  if (isCelList(value)) return [...value].map(fromCel);
  if (isCelMap(value)) {
    const entries = [...value].map(([name, part]): readonly [string, unknown] => {
      if (typeof name !== "string") throw new TypeError("the expression gives a map whose keys are no text");
      return [name, fromCel(part)];
    });
    return Object.fromEntries(entries);
  }
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === "object" && value !== null)
    throw new TypeError("the expression gives what no schema has: a message, a type or an unsigned number");
  return value;
}
