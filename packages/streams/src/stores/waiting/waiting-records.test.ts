import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../serdes/serdes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";

const builder = stores.waitingRecords({ name: "w", key: serdes.string, value: serdes.string, graceMs: 5 });

test("records wait for their grace, go by time, key and arrival, and come back from the changelog", () => {
  const log: [Uint8Array, Uint8Array | null, number][] = [];
  const first = recordingContext((key, value) => log.push([key, value, -1]));
  const store = builder.build(first.context);
  const due: string[] = [];
  const put = (key: string, value: string, timestamp: number): boolean => {
    first.at(timestamp);
    return store.put(key, value, timestamp);
  };
  assert.equal(put("b", "1", 10), true);
  assert.equal(put("a", "2", 10), true);
  assert.equal(put("b", "3", 10), true);
  assert.equal(put("c", "4", 8), true);
  while (store.takeDue(({ key, value }) => due.push(key + value)));
  assert.equal(due.length, 0);
  assert.equal(put("d", "5", 15), true);
  assert.equal(put("e", "6", 9), false);
  while (store.takeDue(({ key, value, position }) => due.push(`${key}${value}@${position.timestamp}`)));
  assert.deepEqual(due, ["c4@8", "a2@10", "b1@10", "b3@10"]);
  assert.equal(Buffer.from(log[0]![0]).toString("hex"), "00000000000000000a6200000001");
  assert.equal(log.filter(([, value]) => value === null).length, 4);

  const second = recordingContext();
  const again = builder.build(second.context);
  for (const record of log) again.restore(...record);
  second.at(20);
  again.put("z", "7", 20);
  due.length = 0;
  while (again.takeDue(({ key, value }) => due.push(key + value)));
  assert.deepEqual(due, ["d5"]);
});
