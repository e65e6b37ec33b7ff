import assert from "node:assert/strict";
import { test } from "node:test";
import type { TopicProduceData } from "@ottla/protocol/apis/produce";
import { ClosedSignal } from "../net/closed.ts";
import { QuietBroker } from "../testing/quiet-broker.ts";
import { produceRequest, sampleBatch } from "../testing/sample-batches.ts";
import { mustWaitForTurn, takeTurn } from "./append-turns.ts";
import { batchBytesWaiting, ProduceCall, type ProduceContext } from "./produce-call.ts";

test("a request that fails in the middle gives up the places of its batches that wait: others append to those partitions", async () => {
  await using broker = await QuietBroker.start();
  await broker.createTopic("t", 2);
  const request = produceRequest("t", 0, null);
  const [topic] = request.topicData as [TopicProduceData];
  const context: ProduceContext = {
    broker: broker.state,
    version: 9,
    clientId: "c",
    session: { closed: new ClosedSignal(), nodeId: broker.state.metadata.nodes[0]!.nodeId },
    keepFrame: () => false,
    answerBeforeNext() {},
  };
  const earlier = takeTurn(broker.partition("t", 0));
  const call = new ProduceCall(context, request);
  call.append(topic, "t", 0, sampleBatch(["waits"]), () => {});
  assert.ok(batchBytesWaiting() > 0);
  const fails = () => {
    throw new Error("an answer cannot be made");
  };
  assert.throws(() => call.append(topic, "t", 1, sampleBatch(["fails"]), fails), /cannot be made/);
  earlier.done();
  await new Promise(setImmediate);
  assert.deepEqual([mustWaitForTurn(broker.partition("t", 0)), batchBytesWaiting()], [false, 0]);
});
