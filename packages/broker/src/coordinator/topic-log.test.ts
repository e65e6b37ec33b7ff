import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { QuietBroker } from "../testing/quiet-broker.ts";
import { TopicLog } from "./topic-log.ts";

test("a change is no larger than a message may be, be it one record, and of a larger one nothing is written", async () => {
  await using broker = await QuietBroker.start();
  await broker.createTopic("t");
  const { metadata, partitions } = broker.state;
  const create = (): Promise<undefined> => Promise.resolve(undefined);
  const log = new TopicLog({ topic: "t", metadata, partitions, partitionCountToBe: () => 1, maxMessageBytes: () => 1000, create });
  const append = (...bytes: readonly number[]) =>
    log.append(
      0,
      bytes.map((each) => ({ key: Buffer.from("k"), value: Buffer.alloc(each) })),
      0,
    );
  assert.equal(append(900).kind, "ok");
  for (const tooMuch of [[1000], [500, 500]])
    assert.deepEqual(append(...tooMuch), { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE });
  assert.equal(broker.partition("t").log.logEndOffset, 1);
});
