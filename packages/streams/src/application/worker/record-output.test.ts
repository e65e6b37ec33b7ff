import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient, type Producer } from "@ottla/client";
import { RecordOutput } from "./record-output.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("what becomes of the records of a producer that was replaced is no failure of the one in its place", async () => {
  // Nobody listens there: what is sent waits.
  await using client = createClient({ bootstrapServers: "127.0.0.1:1", retryBackoffMs: 10 });
  const made: Producer[] = [];
  const make = (): Producer => {
    const producer = client.producer();
    made.push(producer);
    return producer;
  };
  const asked: string[] = [];
  const output = new RecordOutput(
    make,
    undefined,
    new Map(),
    (error) => {
      asked.push(error.message);
      return "fail";
    },
    (_doing, run) => run(),
  );
  output.send("out", 0, null, Buffer.from("a"), 0, []);
  await output.renew();
  await turn();
  output.throwFailure();
  assert.deepEqual([made.length, asked, output.isFull], [2, [], false]);
  output.send("out", 0, null, Buffer.from("b"), 0, []);
  await made[1]!.close({ timeoutMs: 0 });
  await turn();
  assert.throws(() => output.throwFailure(), /closed/);
  assert.equal(asked.length, 1);
});
