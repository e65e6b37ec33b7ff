/** What failed in the output of a CI stage, shortened: only the end of a long output is ever read, and the reasons stand anywhere in it. */

/** One failure: its headline, and what was said about it. */
interface Failure {
  readonly headline: string;
  readonly details: readonly string[];
}

const LONGEST_LINE = 200;
const MOST_DETAILS = 8;
/** Lines that say that something failed; the programs of this repository begin them with FAILED, node:test with a cross, TAP with "not ok". */
const MARKS = /^\s*(✖|not ok\b|FAILED\b)|^\s*(Uncaught )?\w*(Error|Exception)\b[^.]{0,40}:|^npm error|(^|\s)error TS\d+:/;
const GOOD = /^\s*(✔|▶|ℹ|ok\b|==>)/;
const STACK_FRAME = /^\s*at (async )?\S/;
/** Of node:test: the place of a failed test in front of the whole account of it. */
const PLACE = /^\s*test at (\S+):\d+$/;
const FAILING_TESTS = /^\s*✖ failing tests:$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal are such characters.
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** The failures that `output` tells, in at most `room` characters; its last lines when it tells none. */
export function tellFailures(output: string, room: number): string {
  const lines = output.replace(COLOURS, "").split(/\r?\n/);
  const failures = failuresIn(lines);
  if (failures.length === 0) return fit(endOf(lines), room);
  for (let most = MOST_DETAILS; most > 0; most--) {
    const told = failures.flatMap(({ headline, details }) => [headline, ...details.slice(0, most).map((line) => `    ${line}`)]);
    if (lengthOf(told) <= room) return told.join("\n");
  }
  return fit(
    failures.map(({ headline }) => headline),
    room,
  );
}

/** The failures of several stages in `room` characters in all; what a stage does not need is the others'. */
export function tellStages(stages: readonly { readonly name: string; readonly output: string }[], room: number): string {
  const heads = stages.map(({ name }) => `--- ${name}`);
  let left = room - lengthOf(heads);
  let waiting = stages.length;
  const told = new Map<string, string>();
  const needs = stages.map(({ name, output }) => ({ name, output, need: tellFailures(output, room).length + 1 }));
  for (const { name, output } of needs.sort((a, b) => a.need - b.need)) {
    const text = tellFailures(output, Math.max(0, Math.floor(left / waiting--) - 1));
    left -= text.length + 1;
    told.set(name, text);
  }
  return stages.map(({ name }, i) => `${heads[i]}\n${told.get(name)}`).join("\n");
}

function endOf(lines: readonly string[]): string[] {
  const said = lines.filter((line) => line.trim() !== "");
  return said.length === 0 ? ["It said nothing."] : said.slice(-MOST_DETAILS);
}

function failuresIn(lines: readonly string[]): Failure[] {
  const failures = new Map<string, Failure>();
  const accounts = accountsIn(lines);
  for (const failure of accounts) failures.set(failure.headline, failure);
  const names = new Set(accounts.map(({ headline }) => nameOf(headline)));
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (PLACE.test(line)) at = endOfAccount(lines, at);
    else if (MARKS.test(line) && !FAILING_TESTS.test(line) && !names.has(nameOf(line))) {
      const headline = shorten(line);
      // A cross without an account of its own is a suite's, or names files: what follows it is of something else.
      const details = line.includes("✖") ? [] : detailsAfter(lines, at);
      if (!failures.has(headline)) failures.set(headline, { headline, details });
      at += details.length;
    }
  }
  return [...failures.values()];
}

/** The failed tests of node:test, of which it tells all at the end of a file. */
function accountsIn(lines: readonly string[]): Failure[] {
  const accounts: Failure[] = [];
  for (let at = 0; at < lines.length; at++) {
    const place = PLACE.exec(lines[at]!)?.[1];
    if (place === undefined) continue;
    const end = endOfAccount(lines, at);
    const frame = lines.slice(at + 2, end + 1).findIndex((line) => STACK_FRAME.test(line));
    const said = lines.slice(at + 2, frame < 0 ? end + 1 : at + 2 + frame).filter((line) => line.trim() !== "");
    accounts.push({ headline: shorten(`✖ ${nameOf(lines[at + 1] ?? "")} (${place})`), details: said.map(shorten).slice(0, MOST_DETAILS) });
  }
  return accounts;
}

/** Its last line: an account is followed by the next one, or by something that is not indented. */
function endOfAccount(lines: readonly string[], at: number): number {
  let end = at + 1;
  while (end + 1 < lines.length && !PLACE.test(lines[end + 1]!) && /^(\s|$)/.test(lines[end + 1]!)) end++;
  return end;
}

function detailsAfter(lines: readonly string[], at: number): string[] {
  const details: string[] = [];
  for (const line of lines.slice(at + 1, at + 1 + MOST_DETAILS)) {
    if (line.trim() === "" || MARKS.test(line) || GOOD.test(line) || STACK_FRAME.test(line)) break;
    details.push(shorten(line));
  }
  return details;
}

/** Of a test, without its mark and the time it took. */
function nameOf(line: string): string {
  return line
    .replace(/^\s*✖ /, "")
    .replace(/ \(\S+\)$/, "")
    .trim();
}

function shorten(line: string): string {
  const text = line.trim();
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE - 1)}…`;
}

/** As many lines as there is room for, and how many more there are. */
function fit(lines: readonly string[], room: number): string {
  const short = lines.slice(0, room).map(shorten);
  if (short.length === lines.length && lengthOf(short) <= room) return short.join("\n");
  const kept: string[] = [];
  let left = room - ` and ${lines.length} more`.length;
  for (const line of short) {
    left -= line.length + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return [...kept, `and ${lines.length - kept.length} more`].join("\n").slice(0, Math.max(0, room));
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
