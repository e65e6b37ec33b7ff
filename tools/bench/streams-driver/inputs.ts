import { readFileSync, writeFileSync } from "node:fs";

/** A record for one of the two topics that shapes read. Shapes of one input read all of them as `left`. */
export interface Input {
  readonly isLeft: boolean;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
}

const KEYS = 1_000;
const STEP_MS = 10;
const LATE_SHARE = 0.1;
const LATE_MS_MAX = 2_000;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Records for both topics in turn by chance, a hundred a second: keys spread evenly, values of 20 to 99 letters, one in ten up to two seconds late. */
export function* generateInputs(count: number, seed: number): Generator<Input> {
  const random = randomFrom(seed);
  for (let i = 0; i < count; i++) {
    const isLeft = random() < 0.5;
    const key = `key-${Math.floor(random() * KEYS)}`;
    const from = Math.floor(random() * LETTERS.length);
    const value = LETTERS.repeat(5).slice(from, from + 20 + Math.floor(random() * 80));
    const lateMs = random() < LATE_SHARE ? Math.floor(random() * LATE_MS_MAX) : 0;
    yield { isLeft, key, value, timestamp: Math.max(0, i * STEP_MS - lateMs) };
  }
}

/** One line each, `L|R key value timestamp`, so that both drivers are given the very same. */
export function writeInputs(file: string, inputs: Iterable<Input>): void {
  const lines = Array.from(inputs, ({ isLeft, key, value, timestamp }) => `${isLeft ? "L" : "R"} ${key} ${value} ${timestamp}\n`);
  writeFileSync(file, lines.join(""));
}

export function readInputs(file: string): Input[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [side, key = "", value = "", timestamp] = line.split(" ");
    return { isLeft: side === "L", key, value, timestamp: Number(timestamp) };
  });
}

/** Numbers from 0 to below 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
