import { type CelEnv, celEnv, isCelList, isCelMap } from "@bufbuild/cel";

/** What one evaluation may cost, in about microseconds of code that was never run before: half of the 50 ms that nothing may hold the loop for. */
const COST_MAX = 25_000;
const PATTERN_CHARS_MAX = 1_000;
/** RE2 expands `{1,100}` into so many copies. */
const COUNT = /\{(\d+)(?:,(\d*))?\}/g;
const COPIES_MAX = 1_000;
/** What an element costs that is passed by, a character of a text that is compared, and one that is taken apart. */
const ELEMENT = 0.15;
const CHAR = 0.005;
const CHAR_APART = 0.1;

/** Counts what an evaluation costs; throws `RangeError` beyond its bound. Evaluations do not wait, so that one is counted at a time. */
export class CelMeter {
  #left = COST_MAX;

  begin(): void {
    this.#left = COST_MAX;
  }

  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0)
      throw new RangeError(
        "it costs more than an expression may: the value has too many parts for it, its texts are too long, or the expression is",
      );
  }
}

/** The language with every call counted before it is made. Its patterns are RE2's, whose time grows with the text and no faster. */
export function meteredEnv(meter: CelMeter): CelEnv {
  const env = celEnv();
  const find = (name: string): ReturnType<CelEnv["funcs"]["find"]> => {
    const group = env.funcs.find(name);
    if (group === undefined) return undefined;
    return {
      name,
      [Symbol.iterator]: () => group[Symbol.iterator](),
      call(id, target, args) {
        meter.spend(1 + costOf(name, target === undefined ? args : [target, ...args], meter));
        return group.call(id, target, args);
      },
    };
  };
  return Object.create(env, { funcs: { value: { find } } }) as CelEnv;
}

function costOf(name: string, args: readonly unknown[], meter: CelMeter): number {
  const [left, right] = args;
  switch (name) {
    case "matches":
      return patternCost(String(left), String(right));
    case "@in":
      return isCelList(right) ? right.size * ELEMENT + (isScalar(left) ? 0 : parts(right, meter)) : 0;
    case "_==_":
    case "_!=_":
      if (typeof left === "string" && typeof right === "string") return Math.min(left.length, right.length) * CHAR;
      // What is equal to the end is walked to the end.
      return isScalar(left) || isScalar(right) ? 0 : parts(left, meter) + parts(right, meter);
    case "size":
      return typeof left === "string" ? left.length * CHAR_APART : 0;
    default:
      return args.reduce<number>((cost, each) => cost + lengthOf(each), 0);
  }
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length * CHAR;
  if (value instanceof Uint8Array) return value.length * CHAR_APART;
  return isCelList(value) ? value.size * ELEMENT : 0;
}

function patternCost(text: string, pattern: string): number {
  if (pattern.length > PATTERN_CHARS_MAX) throw new RangeError(`a pattern has at most ${PATTERN_CHARS_MAX} characters`);
  let copies = 1;
  for (const [, least, most] of pattern.matchAll(COUNT)) copies = Math.min(COPIES_MAX, copies * Math.max(1, Number(most || least)));
  const states = pattern.length * copies;
  return states * 3 + text.length * (0.15 + states * 0.01);
}

function isScalar(value: unknown): boolean {
  return !isCelList(value) && !isCelMap(value) && !(value instanceof Uint8Array);
}

/** All that stands in a value; counting costs too. */
function parts(value: unknown, meter: CelMeter): number {
  if (isCelList(value)) {
    for (const each of value) meter.spend(ELEMENT + parts(each, meter));
    return value.size * ELEMENT;
  }
  if (isCelMap(value)) {
    for (const [, each] of value) meter.spend(4 * ELEMENT + parts(each, meter));
    return value.size * ELEMENT;
  }
  return lengthOf(value);
}
