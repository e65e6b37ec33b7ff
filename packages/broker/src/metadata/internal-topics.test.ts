import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { clientMayWrite, internalTopic } from "./internal-topics.ts";

test("clients write to their own topics, Apache Kafka's admin client to internal ones too", () => {
  for (const name of ["__consumer_offsets", "__transaction_state", "__share_group_state"]) {
    assert.ok(internalTopic(name), name);
    assert.equal(clientMayWrite(name, "mirror"), false);
    assert.equal(clientMayWrite(name, null), false);
    assert.equal(clientMayWrite(name, "__admin_client"), true);
  }
  assert.equal(clientMayWrite("orders", null), true);
  assert.equal(clientMayWrite("_schemas", "registry"), true);
});

test("a client that writes to __consumer_offsets is refused on every acks, and nothing is stored: a tombstone would erase a group's commit", async () => {
  await using broker = await TestBroker.start();
  await broker.send(findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType: 0, coordinatorKeys: ["billing"] }));
  for (const acks of [1, -1]) {
    const answer = await produce(broker, "__consumer_offsets", sampleBatch([{ key: "k", value: null }]), { acks });
    assert.equal(answer.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
    assert.match(answer.errorMessage ?? "", /__consumer_offsets.*broker's own/);
  }
  assert.equal(broker.running.state.partitions.get("__consumer_offsets", 0)?.log.logEndOffset, 0);
});
