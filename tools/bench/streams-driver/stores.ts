import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { nodeDisk } from "@ottla/base/node";
import { noHeaders, type StoreBuilder, type StoreContext, serdes, stores } from "@ottla/streams";
import { TaskState } from "../../../packages/streams/src/stores/persistent/task-state.ts";
import { formatNumber, formatSample, summarize } from "../measure/statistics.ts";
import { type TurnLimits, turnsWithin } from "./turn.ts";

/** Each comes again every 100 s. Windows are of a minute, 20 of them within what is kept. */
const KEYS = 10_000;
const WINDOW_MS = 60_000;
const RETENTION_MS = 20 * WINDOW_MS;
/** About what a task does in the commit interval of exactly once, 100 ms. */
const COMMIT_EVERY = 10_000;

// Before each turn, so that none pays for another; it is there without a flag of the process in a new context only.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface StoreBenchOptions {
  readonly folder: string;
  readonly count: number;
  readonly limits: TurnLimits;
}

/** The keys and times of a turn: made before its clock runs. */
interface Work {
  readonly keys: readonly string[];
  readonly times: readonly number[];
}

type Persistence = "memory" | "lmdb";

/** One use of a store for each record: opens it, and gives what to do with the n-th record. */
interface StoreShape {
  readonly title: string;
  open(persistent: boolean, context: StoreContext, work: Work): (at: number) => void;
}

const settings = { name: "counts", key: serdes.string, value: serdes.long, logging: false };
const windows = { ...settings, windowSizeMs: WINDOW_MS, retentionMs: RETENTION_MS };

const storeShapes: readonly StoreShape[] = [
  {
    title: "a count by key: read and write",
    open(persistent, context, { keys, times }) {
      const store = opened(stores.timestampedKeyValue({ ...settings, persistent }), context);
      return (at) => {
        const key = keys[at]!;
        store.put(key, { value: (store.get(key)?.value ?? 0) + 1, timestamp: times[at]! });
      };
    },
  },
  {
    title: "a count by key and minute: read and write",
    open(persistent, context, { keys, times }) {
      const store = opened(stores.timestampedWindow({ ...windows, persistent }), context);
      return (at) => {
        const [key, startMs] = [keys[at]!, times[at]! - (times[at]! % WINDOW_MS)];
        store.put(key, { value: (store.fetch(key, startMs)?.value ?? 0) + 1, timestamp: times[at]! }, startMs);
      };
    },
  },
  {
    title: "a key's last five minutes: write and walk",
    open(persistent, context, { keys, times }) {
      const store = opened(stores.window({ ...windows, persistent }), context);
      return (at) => {
        const [key, timestamp] = [keys[at]!, times[at]!];
        store.put(key, at, timestamp);
        for (const [, value] of store.fetchRange(key, Math.max(0, timestamp - 5 * WINDOW_MS), timestamp))
          if (value > at) throw new Error("read too much");
      };
    },
  },
];

/** Each use in memory and on `lmdb` in turns, with a commit for every 10,000 records; Markdown. */
export async function measureStores({ folder, count, limits }: StoreBenchOptions): Promise<string> {
  // Spread evenly without chance: a step that has no divisor in common with the number of keys.
  const keys = Array.from({ length: count }, (_, at) => `key-${(at * 61_803) % KEYS}`);
  const work = { keys, times: keys.map((_, at) => at * 10) };
  const rows = [];
  for (const shape of storeShapes) {
    const rates = new Map<Persistence, number[]>([
      ["memory", []],
      ["lmdb", []],
    ]);
    for (const { number, order, counts } of turnsWithin({ ...limits, shareMs: limits.shareMs / storeShapes.length })) {
      for (const [persistence, values] of order([...rates])) {
        const rate = count / (await cpuSecondsOf(shape, persistence, work, `${folder}/state-${number}-${rows.length}`)) / 1000;
        if (counts) values.push(rate);
      }
    }
    const [memory, lmdb] = [...rates.values()].map(summarize);
    const ratio = memory === undefined || lmdb === undefined ? "–" : formatNumber(lmdb.median / memory.median);
    rows.push([shape.title, formatSample(memory), formatSample(lmdb), ratio]);
  }
  const header = ["store", "in memory", "lmdb", "ratio"];
  const table = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return `Stores alone, without changelog and cache: thousands of records per second of CPU, ${KEYS} keys, a commit every ${COMMIT_EVERY} records and at the end.\n\n${table}`;
}

async function cpuSecondsOf(shape: StoreShape, persistence: Persistence, work: Work, path: string): Promise<number> {
  const state = persistence === "lmdb" ? TaskState.open(nodeDisk, path) : undefined;
  const record = { topic: "left", partition: 0, offset: 0, timestamp: 0, headers: noHeaders };
  const context = {
    applicationId: "app",
    taskId: "0_0",
    changelog: undefined,
    changelogTopic: "app-counts-changelog",
    state,
    record,
    get streamTimeMs() {
      return record.timestamp;
    },
  };
  const step = shape.open(state !== undefined, context, work);
  collectGarbage();
  const before = process.cpuUsage();
  for (let at = 0; at < work.keys.length; at++) {
    record.timestamp = work.times[at]!;
    step(at);
    if (state !== undefined && (at + 1) % COMMIT_EVERY === 0)
      state.commit([{ topic: "left", partition: 0, offset: at + 1, timeMs: record.timestamp }]);
  }
  state?.commit([{ topic: "left", partition: 0, offset: work.keys.length, timeMs: record.timestamp }]);
  const { user, system } = process.cpuUsage(before);
  state?.close();
  return (user + system) / 1e6;
}

function opened<S extends ReturnType<StoreBuilder["build"]>>(builder: StoreBuilder<S>, context: StoreContext): S {
  return builder.build(context);
}
