import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogFields, silentLogger } from "@ottla/base";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import { noHeaders } from "../../record.ts";
import type { InputRecord } from "../../processors/operator.ts";
import { Task } from "../../runtime/task.ts";
import { serdes } from "../../serdes/serdes.ts";
import { warningOfFanOut } from "./fan-out-warning.ts";

const texts = { key: serdes.string, value: serdes.string };

test("a change of the right table that holds the loop is told of with its rows, once for each node", () => {
  const b = new StreamsBuilder();
  b.table("orders", texts)
    .joinOn(
      b.table("customers", texts),
      (customer) => customer,
      (order, customer) => order + customer,
      { value: serdes.string },
    )
    .toStream()
    .to("out");
  const { builder } = b.build();
  const said: LogFields[] = [];
  let nowMs = 0;
  let offset = 0;
  let sendMs = 0;
  const internal: InputRecord[] = [];
  const task: Task = new Task({
    applicationId: "app",
    taskId: "0_0",
    partition: 0,
    topology: builder,
    nodes: builder.nodeGroups().flat(),
    globalStores: new Map(),
    collector: {
      send(topic, _partition, key, value, timestamp, headers) {
        nowMs += sendMs;
        const copy = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes));
        internal.push({ topic, partition: 0, offset: offset++, timestamp: timestamp ?? 0, key: copy(key), value: copy(value), headers });
      },
      partitionsOf: () => 1,
    },
    systemTimeMs: () => nowMs,
    onFannedOut: warningOfFanOut({ ...silentLogger, warn: (_message, fields) => said.push(fields ?? {}) }),
  });
  const pipe = (topic: string, key: string, value: string): void => {
    const bytes = { key: Buffer.from(key), value: Buffer.from(value) };
    internal.push({ topic, partition: 0, offset: offset++, timestamp: 0, ...bytes, headers: noHeaders });
    for (let next = internal.shift(); next !== undefined; next = internal.shift()) {
      if (task.reads(next.topic)) task.add(next);
      while (task.processNext());
    }
  };
  for (const order of ["1", "2", "3"]) pipe("orders", order, "ann");
  pipe("customers", "ann", "Ann");
  assert.deepEqual(said, []);
  sendMs = 17;
  pipe("customers", "ann", "Anna");
  pipe("customers", "ann", "Anne");
  assert.deepEqual(
    said.map(({ rows, tookMs }) => ({ rows, tookMs })),
    [{ rows: 3, tookMs: 51 }],
  );
  assert.equal(typeof said[0]?.["node"], "string");
});
