import { type Chance, makeRandom } from "../process/seeded-random.ts";
import type { CaseInput, StreamsCase } from "./case.ts";
import type { Statement, WindowSpec } from "./case-statement.ts";

const INPUTS = 3_000;
const KEYS = 400;
const HELD_MS = 400;
/** Entries of such a store have about 150 bytes. */
const CACHE_BYTES = [40_000, 70_000, 100_000];

/**
 * The case of a seed in which so many keys are folded into windows that a large cache is full for most of it. They are held back and let go hundreds at a time by one record, since the driver of Java commits after each, and what is
 * given up before that can only be seen within one.
 */
export function generateCrowd(seed: number): StreamsCase {
  const random = makeRandom(seed);
  const window = drawWindow(random);
  const key =
    window.kind === "session" ? "sessionWindowed" : (`windowed:${window.kind === "time" ? window.sizeMs : window.differenceMs}` as const);
  const emit = random() < 0.3 ? ({ emit: "onClose" } as const) : {};
  const topology: Statement[] = [
    { id: "i", op: "table", topic: "in", key: "string", value: "string", store: { caching: false } },
    { id: "h", op: "suppress", from: "i", until: HELD_MS },
    { id: "s", op: "toStream", from: "h" },
    { id: "g", op: "groupByKey", from: "s", key: "string", value: "string" },
    { id: "w", op: "windowedBy", from: "g", window, ...emit },
    { id: "c", op: "count", from: "w", store: { name: "kept" } },
    { id: "t", op: "toStream", from: "c" },
    { id: "o", op: "to", from: "t", topic: "out", key, value: "long" },
  ];
  const config = { cacheMaxBytes: CACHE_BYTES[Math.floor(random() * CACHE_BYTES.length)]! };
  return { seed, config, topology, inputs: drawInputs(random) };
}

/** Windows that reach over some hundred records. */
function drawWindow(random: Chance): Exclude<WindowSpec, { kind: "unlimited" }> {
  const lengthMs = 300 + Math.floor(random() * 700);
  const graceMs = Math.floor(random() * 300);
  const draw = random();
  if (draw < 0.2) return { kind: "time", sizeMs: lengthMs, advanceMs: Math.ceil(lengthMs / 2), graceMs };
  if (draw < 0.6) return { kind: "sliding", differenceMs: lengthMs, graceMs };
  return { kind: "session", gapMs: lengthMs, graceMs };
}

function drawInputs(random: Chance): CaseInput[] {
  let nowMs = 10_000;
  return Array.from({ length: INPUTS }, () => {
    // Now and then all that is held back goes on.
    nowMs += random() < 0.004 ? 2 * HELD_MS : Math.floor(random() * 2);
    const backMs = random() < 0.2 ? Math.floor(random() * 300) : 0;
    return { topic: "in", key: `key-${Math.floor(random() * KEYS)}`, value: "a", timestamp: nowMs - backMs };
  });
}
