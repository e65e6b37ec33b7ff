/** A part of a pattern between parentheses, or all of it: the steps of what is finished, and of the last thing, which what follows may repeat. */
interface Part {
  done: number;
  last: number;
}

/** The steps of both ends of a group. */
const GROUP_STEPS = 2;
const COUNTED = /\{(\d{1,5})(,(\d{0,5}))?\}/y;
const QUOTED = /\\Q([\s\S]*?)(?:\\E|$)/y;
const ESCAPED = /\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|[\s\S]|$)/uy;
/** Neither these nor a quotation of nothing are things of their own: a repeat behind them is one of what was before. */
const FLAGS_ALONE = /\(\?[a-zA-Z-]*\)/y;
const FLAGS = /\?(?:P?<[^>]*>|[a-zA-Z-]*:?)/y;
const NAMED_CLASS = /\[:[^\]]*?:\]/y;

/**
 * About how many steps the program of an RE2 pattern takes, with its counted repeats written out, without making it: a pattern of a thousand letters can ask for a hundred thousand of them. Never much less than there are; more where the
 * library finds alternatives that begin alike. Ends early where it comes to more than `limit`. What is no pattern has some number.
 */
export function roughSteps(pattern: string, limit: number): number {
  const open: Part[] = [];
  let part: Part = { done: 0, last: 0 };
  const next = (steps: number): void => {
    part = { done: part.done + part.last, last: steps };
  };
  for (let at = 0; at < pattern.length && part.done + part.last <= limit; ) {
    const letter = pattern[at]!;
    const counted = letter === "{" ? matchAt(COUNTED, pattern, at) : undefined;
    if (counted) {
      const [least, most] = bounds(counted);
      part.last = part.last * Math.max(most, 1) + (most - least);
      at += counted[0].length;
    } else if (letter === "*" || letter === "+" || letter === "?") {
      part.last++;
      at++;
    } else if (letter === "(" && matchAt(FLAGS_ALONE, pattern, at)) at += matchAt(FLAGS_ALONE, pattern, at)![0].length;
    else if (letter === "(") {
      open.push(part);
      part = { done: 0, last: 0 };
      at += 1 + (matchAt(FLAGS, pattern, at + 1)?.[0].length ?? 0);
    } else if (letter === ")") {
      const inner = part.done + part.last + GROUP_STEPS;
      part = open.pop() ?? { done: 0, last: 0 };
      next(inner);
      at++;
    } else if (letter === "\\") {
      const quoted = matchAt(QUOTED, pattern, at);
      if (quoted === undefined) next(1);
      else if (quoted[1] !== "") {
        next(quoted[1]!.length - 1);
        next(1);
      }
      at += (quoted ?? matchAt(ESCAPED, pattern, at))?.[0].length ?? 1;
    } else {
      next(1);
      at = letter === "[" ? classEnd(pattern, at) : at + 1;
    }
  }
  return [part, ...open].reduce((sum, { done, last }) => sum + done + last, 0);
}

/** Least and most; of a repeat without a most, the copies that are written out. */
function bounds([, from, comma, to]: RegExpExecArray): readonly [number, number] {
  const least = Number(from);
  if (comma === undefined) return [least, least];
  return to === "" ? [least, least + 1] : [least, Math.max(least, Number(to))];
}

/** Behind the bracket that ends the class; a first one within it is a letter. */
function classEnd(pattern: string, from: number): number {
  let at = from + 1;
  if (pattern[at] === "^") at++;
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    if (pattern[at] === "]" && !isFirst) return at + 1;
    at += (matchAt(NAMED_CLASS, pattern, at) ?? matchAt(ESCAPED, pattern, at))?.[0].length ?? 1;
  }
  return at;
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | undefined {
  sticky.lastIndex = at;
  return sticky.exec(text) ?? undefined;
}
