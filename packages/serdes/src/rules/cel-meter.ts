import { type CelEnv, celEnv, isCelList, isCelMap } from "@bufbuild/cel";
import { RE2JS } from "re2js";

/** What the rules of one value may cost, in microseconds of code that was never run before: a third of the 50 ms that nothing may hold the loop for. */
const COST_MAX = 16_000;
/** Of a call whatever it does. */
const CALL = 2;
/** Of calls that do more than their arguments show: what reads a text as a time, and what asks the calendar of a zone. */
const DEARER: Readonly<Record<string, number>> = { timestamp: 10, duration: 10, string: 2, double: 2 };
const ZONE = 300;
const PATTERN_CHARS_MAX = 1_000;
/** A pattern has to be made ready: for what it has of states, and for each class of Unicode, more so where case is nothing. */
const PATTERN = 100;
const STATE = 3;
const UNICODE_CLASS = 1_500;
const UNICODE_CLASS_OF_BOTH_CASES = 4_000;
/** More than one evaluation can pay for, so that what it has made ready stays so to its end. */
const PATTERNS_KEPT = COST_MAX / PATTERN + 1;
/** RE2 expands `{1,100}` into so many copies. */
const COUNT = /\{(\d+)(?:,(\d*))?\}/g;
const COPIES_MAX = 1_000;
/** What an element costs that is passed by, a character of a text that is compared, and one that is taken apart. */
const ELEMENT = 0.25;
const CHAR = 0.005;
const CHAR_APART = 0.1;
/** What a step of a search costs: a text is looked for at each place of another one. */
const COMPARED = 0.001;

/** Counts what is evaluated for a value; throws `RangeError` beyond its bound. Evaluations do not wait, so that one value is counted at a time. */
export class CelMeter {
  #left = COST_MAX;
  #value = 0;
  /** The states of the patterns that were paid for. */
  readonly #ready = new Map<string, number>();

  /** What is spent from here on is another value's. */
  begin(): void {
    this.#left = COST_MAX;
    this.#value++;
    this.#ready.clear();
  }

  /** Which value is counted for; each has another number. */
  get value(): number {
    return this.#value;
  }

  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0)
      throw new RangeError(
        "it costs more than an expression may: the value has too many parts for it, its texts are too long, or the expression is; ask less in the rule (fewer fields, no loop over long lists, simpler patterns), or check such values in the program",
      );
  }

  /** A pattern costs its making once for each value, whether or not it is there from another one: what is counted is always the same. */
  spendPattern(text: string, pattern: string): void {
    let states = this.#ready.get(pattern);
    if (states === undefined) {
      if (pattern.length > PATTERN_CHARS_MAX) throw new RangeError(`a pattern has at most ${PATTERN_CHARS_MAX} characters`);
      states = statesOf(pattern);
      const classes = pattern.match(/\\p/gi)?.length ?? 0;
      const ofBoth = /\(\?[a-z]*i/i.test(pattern);
      this.spend(PATTERN + states * STATE + classes * (ofBoth ? UNICODE_CLASS_OF_BOTH_CASES : UNICODE_CLASS));
      this.#ready.set(pattern, states);
    }
    this.spend(text.length * (0.3 + states * 0.03));
  }
}

/** Patterns that were made ready, the one that was used last at the end. */
const patterns = new Map<string, RE2JS>();

function patternOf(text: string): RE2JS {
  const pattern = patterns.get(text) ?? RE2JS.compile(text);
  patterns.delete(text);
  patterns.set(text, pattern);
  for (const [oldest] of patterns) {
    if (patterns.size <= PATTERNS_KEPT) break;
    patterns.delete(oldest);
  }
  return pattern;
}

/** The language with every call counted before it is made. Its patterns are RE2's, whose time grows with the text and no faster. */
export function meteredEnv(meter: CelMeter): CelEnv {
  const env = celEnv({ re2: { compile: patternOf } });
  const find = (name: string): ReturnType<CelEnv["funcs"]["find"]> => {
    const group = env.funcs.find(name);
    if (group === undefined) return undefined;
    return {
      name,
      [Symbol.iterator]: () => group[Symbol.iterator](),
      call(id, target, args) {
        meter.spend(CALL + costOf(name, target === undefined ? args : [target, ...args], meter));
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
      meter.spendPattern(String(left), String(right));
      return 0;
    case "contains":
      return String(left).length * (CHAR + Math.min(String(left).length, String(right).length) * COMPARED);
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
      return args.reduce<number>(
        (cost, each) => cost + lengthOf(each),
        (DEARER[name] ?? 0) + (name.startsWith("get") && args.length > 1 ? ZONE : 0),
      );
  }
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length * CHAR;
  if (value instanceof Uint8Array) return value.length * CHAR_APART;
  return isCelList(value) ? value.size * ELEMENT : 0;
}

function statesOf(pattern: string): number {
  let copies = 1;
  for (const [, least, most] of pattern.matchAll(COUNT)) copies = Math.min(COPIES_MAX, copies * Math.max(1, Number(most || least)));
  return pattern.length * copies;
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
