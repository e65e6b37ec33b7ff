import { CelMeter, meteredEnv } from "./cel-meter.ts";
import { type CelInput, type CelValue, isCelError, isCelList, isCelMap, parse, plan } from "@bufbuild/cel";

/** Longer texts, and loops in loops, are refused; what the rest costs is counted while it runs. */
const EXPRESSION_CHARS_MAX = 4_096;
/** Nor more words and signs: each takes the parser 45 µs. */
const TOKENS_MAX = 600;
/** A value with more parts is not given to an expression. */
const PARTS_MAX = 10_000;
/** Nor one of more parts to an expression that may have a loop. */
const LOOPED_PARTS_MAX = 1_000;
/** Nor does one make a value of more. */
const MADE_PARTS_MAX = 10_000;
/** What a part of an expression costs that calls nothing. */
const NODE = 0.25;
/** What an evaluation costs whatever it does, and a part of a value that is made known to it. */
const EVALUATION = 8;
const PART = 1;
const LOOP = /\b(?:all|exists|exists_one|existsOne|map|filter|transform\w*)\b/;

/** An expression that can be asked. Gives JavaScript's values: int as bigint. Throws what the expression fails with. */
export type CelExpression = (variables: Readonly<Record<string, unknown>>, cost?: "of its own" | "with the last one's") => unknown;

/** Evaluations do not wait, so that all share one meter. */
const meter = new CelMeter();
const env = meteredEnv(meter);

/** Common Expression Language, by its library. Throws for what is no expression, or one that has no bound. */
export function compileCel(text: string): CelExpression {
  if (text.length > EXPRESSION_CHARS_MAX)
    throw new RangeError(`the expression has ${text.length} characters, and at most ${EXPRESSION_CHARS_MAX} are taken`);
  const tokens = text.match(/\w+|[^\s\w]/g)?.length ?? 0;
  if (tokens > TOKENS_MAX) throw new RangeError(`the expression has ${tokens} words and signs, and at most ${TOKENS_MAX} are taken`);
  const parsed = parse(text);
  refuseNestedLoops(parsed.expr, false);
  const loopNodes = nodesInLoops(parsed.expr, false);
  const evaluate = plan(env, parsed);
  const partsMax = LOOP.test(text) ? LOOPED_PARTS_MAX : PARTS_MAX;
  let last: { readonly value: number; readonly given: unknown; readonly made: CelInput; readonly parts: number } | undefined;
  return (variables, cost = "of its own") => {
    if (cost === "of its own") meter.begin();
    const { message, ...others } = variables;
    const budget = { parts: partsMax };
    const known = last?.value !== meter.value || last.given !== message ? undefined : last;
    const whole = known ?? { value: meter.value, given: message, made: toCel(message, budget), parts: partsMax - budget.parts };
    last = whole;
    const bindings: Record<string, CelInput> = { message: whole.made };
    for (const [name, value] of Object.entries(others)) bindings[name] = toCel(value, budget);
    meter.spend(EVALUATION + (partsMax - budget.parts) * PART);
    // What a loop does without a call; it goes over the parts of the value, or what the expression itself lists.
    meter.spend(loopNodes * NODE * (whole.parts + text.length / 2));
    const result = evaluate(bindings);
    if (isCelError(result)) throw new Error(result.message);
    return fromCel(result, { parts: MADE_PARTS_MAX });
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

/** How many parts of the expression stand in loops. */
function nodesInLoops(node: unknown, isInLoop: boolean): number {
  if (typeof node !== "object" || node === null) return 0;
  const { exprKind } = node as { readonly exprKind?: { readonly case?: string } };
  const inside = isInLoop || exprKind?.case === "comprehensionExpr";
  const own = isInLoop && exprKind !== undefined ? 1 : 0;
  return Object.values(node).reduce<number>((sum, part) => sum + nodesInLoops(part, inside), own);
}

function toCel(value: unknown, budget: { parts: number }): CelInput {
  if (--budget.parts < 0) throw new RangeError(`the value has more parts than this expression is asked about`);
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value as CelInput;
  if (Array.isArray(value)) return value.map((element) => toCel(element, budget));
  return new Map(Object.entries(value).map(([name, part]) => [name, toCel(part, budget)]));
}

function fromCel(value: CelValue, budget: { parts: number }): unknown {
  if (--budget.parts < 0) throw new RangeError(`the expression gives more than ${MADE_PARTS_MAX} parts`);
  if (isCelList(value)) return [...value].map((each) => fromCel(each, budget));
  if (isCelMap(value)) {
    const entries = [...value].map(([name, part]): readonly [string, unknown] => {
      if (typeof name !== "string") throw new TypeError("the expression gives a map whose keys are no text");
      return [name, fromCel(part, budget)];
    });
    return Object.fromEntries(entries);
  }
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === "object" && value !== null)
    throw new TypeError("the expression gives what no schema has: a message, a type or an unsigned number");
  return value;
}
