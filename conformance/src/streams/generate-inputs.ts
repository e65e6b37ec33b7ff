import type { Chance } from "../process/seeded-random.ts";
import type { CaseInput, StreamsCase } from "./case.ts";
import type { SerdeName, Statement } from "./case-statement.ts";

const KEYS = ["a", "b", "ca", "d", "é"];
const TEXTS = ["a", "b", "c", "ab", "ba", "bc", "abc", "dd", "é", "", "a b"];
const NUMBERS = [0, 1, 2, 3, -1, 10];
/** The largest timestamp with room behind it: beyond 2^53 not every ms is a number. */
const HUGE_TIMESTAMP = 2 ** 53 - 1_000_000;

interface Topic {
  readonly name: string;
  readonly key: SerdeName;
  readonly value: SerdeName;
}

/** Records for all sources in turn: few keys, nulls, times that walk on, stand, go back and jump; and time that passes where something waits for it. */
export function generateInputs(random: Chance, topology: StreamsCase["topology"], count: number): CaseInput[] {
  const topics = topology.flatMap(topicsOf);
  const reach = Math.max(4, ...topology.map(reachOf));
  const keys = KEYS.slice(0, 2 + Math.floor(random() * 4));
  const waits = topology.some((statement) => "processor" in statement);
  const jumps = random() < 0.3;
  const hasHeaders = random() < 0.25;
  const inputs: CaseInput[] = [];
  let now = random() < 0.5 ? 0 : Math.floor(random() * 1000);
  while (inputs.length < count) {
    if (waits && random() < 0.05) {
      inputs.push({ advanceWallClockMs: 1 + Math.floor(random() * 25) });
      continue;
    }
    const topic = pick(random, topics);
    now = nextTime(random, now, reach, jumps);
    inputs.push({
      topic: topic.name,
      key: drawKey(random, topic.key, keys),
      value: drawValue(random, topic.value),
      timestamp: drawTime(random, now, reach),
      ...(hasHeaders && random() < 0.6 ? { headers: drawHeaders(random) } : {}),
    });
  }
  if (random() < 0.02 && inputs.length > 2)
    inputs[inputs.length - 2] = { ...(inputs[inputs.length - 2] as object), timestamp: HUGE_TIMESTAMP } as CaseInput;
  return inputs;
}

function topicsOf(statement: Statement): Topic[] {
  if (statement.op === "stream") return statement.topics.map((name) => ({ name, key: statement.key, value: statement.value }));
  if (statement.op === "table" || statement.op === "globalTable" || statement.op === "globalStore")
    return [{ name: statement.topic, key: statement.key, value: statement.value }];
  return [];
}

/** How far back a record may matter to the statement, in ms. */
function reachOf(statement: Statement): number {
  if (statement.op === "joinStream") return statement.window.beforeMs + statement.window.afterMs + statement.window.graceMs;
  if (statement.op === "suppress") return typeof statement.until === "number" ? statement.until : 0;
  if (statement.op === "joinTable") return statement.graceMs ?? 0;
  if (statement.op !== "windowedBy") return 0;
  const { window } = statement;
  if (window.kind === "unlimited") return 0;
  return window.graceMs + (window.kind === "time" ? window.sizeMs : window.kind === "sliding" ? window.differenceMs : window.gapMs);
}

function nextTime(random: Chance, now: number, reach: number, jumps: boolean): number {
  const draw = random();
  if (draw < 0.35) return now;
  if (jumps && draw > 0.97) return now + Math.floor(random() * 100 * reach);
  return now + Math.floor((random() * reach) / 2);
}

function drawTime(random: Chance, now: number, reach: number): number {
  const draw = random();
  if (draw < 0.75) return now;
  if (draw < 0.76) return 0;
  return Math.max(0, now - Math.floor(random() * 2 * reach));
}

function drawKey(random: Chance, serde: SerdeName, keys: readonly string[]): string | number | null {
  if (random() < 0.04) return null;
  return serde === "long" ? Math.floor(random() * keys.length) : pick(random, keys);
}

function drawValue(random: Chance, serde: SerdeName): string | number | null {
  if (random() < 0.12) return null;
  return serde === "long" ? pick(random, NUMBERS) : pick(random, TEXTS);
}

function drawHeaders(random: Chance): [string, string | null][] {
  const headers: [string, string | null][] = [
    [
      "n",
      Math.floor(random() * 256)
        .toString(16)
        .padStart(2, "0"),
    ],
  ];
  if (random() < 0.2) headers.push(["n", null]);
  return headers;
}

/** One of them, each as likely. */
export function pick<T>(random: Chance, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}
