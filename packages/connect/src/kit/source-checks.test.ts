import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { datagenSource } from "../connectors/datagen/datagen-source.ts";
import { fileSource } from "../connectors/file/file-source.ts";
import type { SourcePlace } from "../data/connect-record.ts";
import { secret, str } from "../plugin/config-shape.ts";
import { defineSource } from "../plugin/define.ts";
import type { SourceEvent, SourceItem, SourceTaskContext } from "../plugin/source-plugin.ts";
import type { AnySource } from "./source-run.ts";
import { sourceChecks, type SourceSubject } from "./source-checks.ts";

const SECRET = "hunter2-and-more";

interface ListSystem {
  list: string[];
  handedOut: number;
}

/** A list in memory as a system. */
function listSubject(plugin: (system: ListSystem) => AnySource, more: Partial<SourceSubject> = {}): SourceSubject {
  const system: ListSystem = { list: [], handedOut: 0 };
  return {
    plugin: plugin(system),
    async makeStage() {
      const list: string[] = [];
      list.slice = (from, to) => {
        const part = Array.prototype.slice.call(list, from, to) as string[];
        system.handedOut += part.length;
        return part;
      };
      Object.assign(system, { list, handedOut: 0 });
      return {
        properties: { topic: "t", token: SECRET },
        async add(count) {
          const added = Array.from({ length: count }, (_, at) => `r${list.length + at}`);
          list.push(...added);
          return added;
        },
        handedOut: () => system.handedOut,
      };
    },
    identityOf: ({ value }) => value as string,
    quietMs: 60,
    stopWithinMs: 300,
    ...more,
  };
}

type Read = (list: string[], context: SourceTaskContext<Record<string, unknown>>) => AsyncGenerator<SourceItem | readonly SourceItem[]>;

const listSource =
  (read: Read, more: Partial<AnySource> = {}) =>
  (system: ListSystem): AnySource =>
    defineSource({
      name: "list",
      version: "1.0.0",
      config: { topic: str().doc("The topic."), token: secret().doc("A token.") },
      exactlyOnce: true,
      read: (_config, context) => read(system.list, context),
      ...more,
    });

const eventAt = (list: string[], at: number): SourceEvent => ({
  topic: "t",
  value: list[at],
  partition: { list: "l" },
  offset: { at: at + 1 },
});

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 20);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

const good: Read = async function* (list, { offsets, signal }) {
  let at = Number((await offsets.get({ list: "l" }))?.["at"] ?? 0);
  while (!signal.aborted) {
    const batch = list.slice(at, at + 7).map((_value, index) => eventAt(list, at + index));
    at += batch.length;
    if (batch.length > 0) yield batch;
    else await pause(signal);
  }
};

/** What checks say of it, up to the first of which that is enough. */
async function failures(subject: SourceSubject, isEnough: (failure: string) => boolean = () => false): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of sourceChecks(subject)) {
    await run().catch((error: Error) => failed.push(`${name.slice(subject.plugin.name.length + 2)} => ${error.message}`));
    if (failed.some(isEnough)) break;
  }
  return failed;
}

test("a source that does what it must passes all checks, and so do those that come along", async () => {
  assert.deepEqual(await failures(listSubject(listSource(good))), []);
  const folder = mkdtempSync(join(tmpdir(), "ottla-kit-"));
  let files = 0;
  const file: SourceSubject = {
    plugin: fileSource,
    async makeStage() {
      const path = join(folder, `${files++}.txt`);
      writeFileSync(path, "");
      let lines = 0;
      return {
        properties: { file: path, topic: "t", "batch.size": "7" },
        async add(count) {
          const added = Array.from({ length: count }, () => `line ${lines++}`);
          appendFileSync(path, added.map((line) => `${line}\n`).join(""));
          return added;
        },
      };
    },
    identityOf: ({ value }) => value as string,
    unusable: { file: folder, topic: "t" },
    quietMs: 220,
  };
  assert.deepEqual(await failures(file), []);
  rmSync(folder, { recursive: true });
});

test("a source that makes things up is checked up to its end", async () => {
  const datagen: SourceSubject = {
    plugin: datagenSource,
    async makeStage() {
      return {
        properties: { "kafka.topic": "t", "max.interval": "0", iterations: "60", "batch.size": "7" },
        add: async (count) => Array.from({ length: count }, (_, at) => String(at)),
      };
    },
    identityOf: ({ key }) => key as string,
    quietMs: 60,
  };
  // It has no system to which something could be added.
  assert.deepEqual(
    (await failures(datagen)).map((failed) => failed.split(" => ")[0]),
    ["what is added while it runs is read"],
  );
});

/** Broken sources, and what is said of each. */
const broken: readonly (readonly [string, SourceSubject, RegExp])[] = [
  [
    "begins anew at each start",
    listSubject(
      listSource(async function* (list, context) {
        yield* good(list, { ...context, offsets: { get: async () => undefined } });
      }),
    ),
    /come twice after a stop/,
  ],
  [
    "says in each offset where the whole batch ends",
    listSubject(
      listSource(async function* (list, context) {
        for await (const items of good(list, context)) {
          const batch = items as readonly SourceEvent[];
          yield batch.map((event) => ({ ...event, offset: batch.at(-1)!.offset }));
        }
      }),
    ),
    /records are lost after a stop/,
  ],
  [
    "takes out of the system what it reads",
    listSubject((system) => {
      let gone = 0;
      return listSource(
        async function* (all, context) {
          for await (const items of good(all, { ...context, offsets: { get: async () => ({ at: gone }) } })) {
            gone += (items as readonly SourceEvent[]).length;
            yield items;
          }
        },
        { exactlyOnce: false, check: async () => ((gone = 0), []) },
      )(system);
    }),
    /records are lost/,
  ],
  [
    "lets go of all that it read when some of it is durable",
    listSubject((system) => {
      const gone = new WeakMap<string[], number>();
      return listSource(
        (list, context) => {
          const get = async (partition: SourcePlace): Promise<SourcePlace> => ({
            at: Math.max(gone.get(list) ?? 0, Number((await context.offsets.get(partition))?.["at"] ?? 0)),
          });
          return good(list, { ...context, offsets: { get } });
        },
        { acked: async () => void gone.set(system.list, system.handedOut) },
      )(system);
    }),
    /records are lost after a stop/,
  ],
  [
    "does not hear that it is to stop",
    listSubject(
      listSource(async function* (list, context) {
        for await (const items of good(list, { ...context, signal: AbortSignal.timeout(700) })) yield items;
      }),
    ),
    /told to stop.* took more than 300 ms/,
  ],
  [
    "changes one and the same offset",
    listSubject(
      listSource(async function* (list, { offsets, signal }) {
        const offset = { at: Number((await offsets.get({ list: "l" }))?.["at"] ?? 0) };
        while (!signal.aborted) {
          const batch: SourceEvent[] = [];
          while (batch.length < 7 && offset.at < list.length) {
            batch.push({ ...eventAt(list, offset.at), offset });
            offset.at++;
          }
          if (batch.length > 0) yield batch;
          else await pause(signal);
        }
      }),
    ),
    /records are lost/,
  ],
  [
    "reads ahead while nobody asks",
    listSubject(
      listSource(async function* (list, context) {
        const waiting: (SourceItem | readonly SourceItem[])[] = [];
        const ahead = good(list, context);
        const reading = (async () => {
          for await (const items of ahead) waiting.push(items);
        })();
        while (!context.signal.aborted) {
          const next = waiting.shift();
          if (next === undefined) await pause(context.signal);
          else yield next;
        }
        await reading;
      }),
    ),
    /has read 5000 of 5000/,
  ],
  [
    "logs its token",
    listSubject(
      listSource(async function* (list, context) {
        context.log.info(`connecting with ${SECRET}`);
        yield* good(list, context);
      }),
    ),
    /secret of a setting is shown: "connecting with \[secret\]/,
  ],
  [
    "throws what says nothing",
    listSubject(
      listSource(async function* () {
        yield* [];
        throw new TypeError("Cannot read properties of undefined");
      }),
      { unusable: { topic: "t", token: SECRET } },
    ),
    /TypeError without a code/,
  ],
  [
    "has offsets that JSON does not keep",
    listSubject(
      listSource(async function* (list, context) {
        for await (const items of good(list, context))
          yield (items as readonly SourceEvent[]).map((event) => ({ ...event, offset: { ...event.offset, time: new Date(0) } }));
      }),
    ),
    /does not come back from JSON/,
  ],
  [
    "has values that are none of their schema",
    listSubject(
      listSource(async function* (list, context) {
        for await (const items of good(list, context))
          yield (items as readonly SourceEvent[]).map((event) => ({ ...event, valueSchema: { type: "int32", optional: false } as const }));
      }),
    ),
    /value of a record is none of its schema/,
  ],
  [
    "has a setting that nobody explains",
    listSubject(listSource(good, { config: { topic: str(), token: secret().doc("A token.") } })),
    /setting topic has no documentation/,
  ],
];

for (const [what, subject, message] of broken)
  test(`a source that ${what} is caught`, async () => {
    const isMeant = (failure: string): boolean => message.test(failure);
    const failed = await failures(subject, isMeant);
    assert.ok(failed.some(isMeant), failed.join("\n") || "all checks passed");
  });

test("a source of what nobody keeps is asked for what it hears while it listens, and one that misses some of it is caught", async () => {
  const hears = (missed: number): Read =>
    async function* (list, { signal }) {
      for (let at = list.length + missed; !signal.aborted; )
        if (at < list.length) yield eventAt(list, at++);
        else await pause(signal);
    };
  /** It listens from when it is first asked on. */
  const subject = (missed: number): SourceSubject => {
    const made = listSubject(listSource(hears(missed)), { isAtMostOnce: true });
    return {
      ...made,
      async makeStage() {
        const stage = await made.makeStage();
        return { ...stage, add: async (count) => (await setImmediate(), stage.add(count)) };
      },
    };
  };
  assert.deepEqual(await failures(subject(0)), []);
  assert.match((await failures(subject(2)))[0] ?? "", /2 of 60 records were not read while it listens/);
});
