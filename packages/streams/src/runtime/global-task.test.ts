import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { KeyValueStore } from "../stores/store.ts";
import type { ProcessorContext } from "../processor/processor.ts";
import { noHeaders } from "../record.ts";
import { serdes } from "../serdes/serdes.ts";
import { TaskState } from "../stores/persistent/task-state.ts";
import { stores } from "../stores/stores.ts";
import type { Topology } from "../topology/topology.ts";
import { GlobalTask } from "./global-task.ts";

const KEYS = 20_000;
const texts = { key: serdes.string, value: serdes.string } as const;
let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-global-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A global table of many keys in a state of its own, whose commit sees 10 ms pass at each look at the time. */
async function committed(topology: Topology, path: string) {
  const state = TaskState.open(nodeDisk, join(folder, path));
  const { builder } = topology;
  const task = new GlobalTask({
    applicationId: "app",
    taskId: "-1_-1",
    partition: -1,
    topology: builder,
    nodes: builder.nodeGroups().flat(),
    collector: { send: () => assert.fail("a global task writes nothing"), partitionsOf: () => 1 },
    systemTimeMs: () => 0,
    state,
    committed: state,
  });
  for (let i = 0; i < KEYS; i++) {
    const bytes = Buffer.from(String(i));
    task.process({ topic: "t", partition: 0, offset: i, timestamp: i, key: bytes, value: bytes, headers: noHeaders });
  }
  let turns = 0;
  let looks = 0;
  await task.commitInTurns(state, {
    monotonicMs: () => looks++ * 10,
    nextTurn(call) {
      turns++;
      systemClock.nextTurn(call);
    },
  });
  return { state, task, turns };
}

test("what a global table holds back is written in turns of the loop, and its offsets last", async () => {
  const b = new StreamsBuilder();
  b.globalTable("t", { ...texts, store: { name: "rows", persistent: true } });
  const { state, task, turns } = await committed(b.build(), "table");
  assert.ok(turns > 3, `${turns} turns`);
  assert.equal(state.pendingBytes, 0);
  assert.equal(task.nextOffset("t", 0), KEYS);
  task.close();
  state.close();
});

test("what a user's processor makes of a global topic is written at once, together with its offsets", async () => {
  const b = new StreamsBuilder();
  const sums = stores.keyValue({ name: "sums", ...texts, persistent: true, logging: false });
  b.addGlobalStore(sums, "t", texts, () => {
    let store: KeyValueStore<string, string>;
    return {
      init(context: ProcessorContext<never, never>) {
        store = context.stateStore(sums);
      },
      process: ({ key, value }) => store.put(key, `${store.get(key) ?? ""}${value}`),
    };
  });
  const { state, task, turns } = await committed(b.build(), "processor");
  assert.equal(turns, 0);
  assert.equal(state.pendingBytes, 0);
  assert.equal(task.nextOffset("t", 0), KEYS);
  task.close();
  state.close();
});
