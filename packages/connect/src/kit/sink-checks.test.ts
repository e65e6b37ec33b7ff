import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConnectError } from "../connect-error.ts";
import { fileSink } from "../connectors/file/file-sink.ts";
import { jdbcSink } from "../connectors/jdbc/jdbc-sink.ts";
import type { SinkRecord } from "../data/connect-record.ts";
import { plain, struct } from "../data/make-schema.ts";
import { str } from "../plugin/config-shape.ts";
import { defineSink } from "../plugin/define.ts";
import type { SinkPlugin, SinkTask, WriteContext } from "../plugin/sink-plugin.ts";
import { sinkChecks, type SinkSubject } from "./sink-checks.ts";

async function failures(subject: SinkSubject): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of sinkChecks(subject))
    await run().catch((error: Error) => failed.push(`${name.slice(subject.plugin.name.length + 2)} => ${error.message}`));
  return failed;
}

type Write = (stored: number[], records: readonly SinkRecord[], context: WriteContext) => Promise<void>;

/** A list in memory as a system. */
function listSubject(task: (stored: number[]) => SinkTask, more: Partial<SinkSubject> = {}): SinkSubject {
  let stored: number[] = [];
  return {
    plugin: defineSink({ name: "list", version: "1.0.0", config: { table: str().doc("The table.") }, open: async () => task(stored) }),
    async makeStage() {
      stored = [];
      return { properties: { table: "t" }, stored: async () => stored };
    },
    recordOf: (number) => ({ key: null, value: number }),
    bad: { key: null, value: "no number" },
    stopWithinMs: 300,
    ...more,
  };
}

const put: Write = async (stored, records, { reportBad }) => {
  for (const record of records)
    if (typeof record.value === "number") stored.push(record.value);
    else reportBad(record, new ConnectError("CONNECT_SINK", `The value ${String(record.value)} is no number.`));
};
const listTask =
  (write: Write, more: Partial<SinkTask> = {}) =>
  (stored: number[]): SinkTask => ({ write: (records, context) => write(stored, records, context), ...more });

test("a sink that does what it must passes all checks, and so do those that come along", async () => {
  assert.deepEqual(await failures(listSubject(listTask(put))), []);
  const folder = mkdtempSync(join(tmpdir(), "ottla-kit-"));
  let stages = 0;
  const file: SinkSubject = {
    plugin: fileSink,
    async makeStage() {
      const path = join(folder, `${stages++}.txt`);
      return { properties: { file: path }, stored: async () => readFileSync(path, "utf8").split("\n").slice(0, -1).map(Number) };
    },
    recordOf: (number) => ({ key: null, value: String(number) }),
  };
  assert.deepEqual(await failures(file), []);
  const schema = struct({ id: plain("int32") });
  const jdbc: SinkSubject = {
    plugin: jdbcSink as SinkPlugin,
    async makeStage() {
      const path = join(folder, `${stages++}.db`);
      return {
        properties: {
          "connection.url": `jdbc:sqlite:${path}`,
          "auto.create": "true",
          "ottla.offsets.table": "written",
          "pk.mode": "kafka",
        },
        async stored() {
          const { DatabaseSync } = await import("node:sqlite");
          const database = new DatabaseSync(path);
          try {
            return (database.prepare("SELECT id FROM checked").all() as { id: number }[]).map(({ id }) => id);
          } catch {
            return [];
          } finally {
            database.close();
          }
        },
      };
    },
    recordOf: (number) => ({ key: null, valueSchema: schema, value: { id: number } }),
    bad: { key: null, value: "no struct" },
    unusable: { "connection.url": `jdbc:sqlite:${join(folder, "no", "folder.db")}`, "auto.create": "true" },
    exactlyOnce: true,
  };
  assert.deepEqual(await failures(jdbc), []);
  rmSync(folder, { recursive: true });
});

/** Broken sinks, and what is said of each. */
const broken: readonly (readonly [string, SinkSubject, RegExp])[] = [
  [
    "keeps what it is given until it is closed",
    listSubject((stored) => {
      const kept: number[] = [];
      return {
        write: async (records, context) => put(kept, records, context),
        close: async () => void stored.push(...kept),
      };
    }),
    /flush\(\) said that 10 records are durable/,
  ],
  [
    "says that it writes once and writes twice",
    listSubject(listTask(put), { exactlyOnce: true }),
    /15 records are there twice after a kill/,
  ],
  [
    "throws a whole batch away for one bad record",
    listSubject(
      listTask(async (stored, records, context) => {
        const bad = records.find(({ value }) => typeof value !== "number");
        if (bad === undefined) await put(stored, records, context);
        else context.reportBad(bad, new Error("bad"));
      }),
    ),
    /5 others of its batch are not there/,
  ],
  [
    "leaves out a bad record without a word",
    listSubject(listTask((stored, records, context) => put(stored, records, { ...context, reportBad: () => {} }))),
    /reportBad\(\) was called for 0/,
  ],
  ["never comes to its end", listSubject(listTask(put, { close: () => new Promise(() => {}) })), /Closing the sink took more than 300 ms/],
  [
    "throws what has no code",
    listSubject(
      listTask(async (stored, records, context) => {
        if (records.some(({ value }) => typeof value !== "number")) throw new RangeError("bad");
        await put(stored, records, context);
      }),
    ),
    /RangeError without a code/,
  ],
];

for (const [what, subject, message] of broken)
  test(`a sink that ${what} is caught`, async () => {
    const failed = await failures(subject);
    assert.ok(
      failed.some((each) => message.test(each)),
      failed.join("\n") || "all checks passed",
    );
  });
