import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { createClient } from "@ottla/client";
import { encodeRequest } from "@ottla/protocol";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "orders", "-p", "2"]);
  // So that a transaction can hang at all: no coordinator is asked about its batches.
  const { status, stderr } = await ottla.run(["configs", "set", "brokers", "transaction.partition.verification.enable=false"]);
  assert.equal(status, 0, stderr);
});
after(() => ottla.stop());

/** Sends a batch of a transaction that no coordinator knows. */
async function hang(partition: number, producerId: number, timestampMs: number): Promise<void> {
  const builder = new RecordBatchBuilder({ isTransactional: true });
  builder.append(null, Buffer.from("hangs"), [], timestampMs);
  builder.setProducerState(producerId, 3, 0);
  const partitionData = [makePartitionProduceData({ index: partition, records: builder.close("none") })];
  const request = makeProduceRequest({
    acks: -1,
    timeoutMs: 5000,
    transactionalId: "nobody",
    topicData: [makeTopicProduceData({ name: "orders", partitionData })],
  });
  const [host = "", port = ""] = ottla.broker.bootstrap.split(":");
  const socket = connect(Number(port), host);
  for (const part of encodeRequest(produceApi, 9, 1, "test", request)) socket.write(part);
  await new Promise((resolve) => socket.once("data", resolve));
  socket.destroy();
}

test("transactional ids are listed and described, and one that is not there is named", async () => {
  assert.equal((await ottla.run(["transactions", "list"])).stdout, "There are no such transactional ids.\n");
  const client = createClient({ bootstrapServers: [ottla.broker.bootstrap] });
  const [fenced] = await client.admin().fenceProducers(["payments-1"]);
  await client.close();
  assert.equal(fenced?.value?.producerEpoch, 0);
  const { stdout } = await ottla.run(["transactions", "list"]);
  assert.match(stdout, /^TRANSACTIONAL ID .*\npayments-1 +Empty +\d+ +1\n$/);
  const listed = [{ transactionalId: "payments-1", producerId: fenced?.value?.producerId, state: "Empty", coordinator: 1 }];
  assert.deepEqual(await ottla.json("transactions", "list", "--state", "Empty", "--id-pattern", "pay.*"), listed);
  assert.deepEqual(await ottla.json("transactions", "list", "--state", "Ongoing"), []);
  assert.deepEqual(await ottla.json("transactions", "list", "--producer-id", "999"), []);
  const bad = await ottla.run(["transactions", "list", "--id-pattern", "("]);
  assert.deepEqual([bad.status, /regular expression/.test(bad.stderr)], [1, true]);
  const page = await ottla.run(["transactions", "describe", "payments-1"]);
  assert.match(page.stdout, /^payments-1 {2}Empty, producer \d+ epoch 0, coordinator 1\n {2}timeout 1 ms\n$/);
  const gone = await ottla.run(["transactions", "describe", "payments-1", "nobody"]);
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /There is no transactional id "nobody"; "ottla transactions list" shows those there are\./);
});

test("a hanging transaction is found and aborted, by its offset or its producer", async () => {
  assert.equal((await ottla.run(["transactions", "find-hanging"])).stdout, "No transaction hangs.\n");
  const longAgo = Date.now() - 3_600_000;
  await hang(0, 7001, longAgo);
  await hang(1, 7002, Date.now());
  const found = await ottla.run(["transactions", "find-hanging", "-t", "orders", "--json"]);
  assert.equal(found.status, 1);
  assert.deepEqual(JSON.parse(found.stdout), [
    { topic: "orders", partition: 0, producerId: 7001, producerEpoch: 3, startOffset: 0, lastTimestamp: longAgo },
  ]);
  assert.equal((await ottla.run(["transactions", "find-hanging", "-t", "orders:1"])).status, 0, "it may still end");
  const elsewhere = await ottla.run(["transactions", "find-hanging", "--broker", "2"]);
  assert.deepEqual([elsewhere.status, elsewhere.stdout], [0, "No transaction hangs.\n"]);
  const wrong = await ottla.run(["transactions", "abort", "orders:0", "--start-offset", "5"]);
  assert.deepEqual([wrong.status, /those that are open begin at 0/.test(wrong.stderr)], [1, true]);
  const aborted = await ottla.run(["transactions", "abort", "orders:0", "--start-offset", "0"]);
  assert.equal(aborted.stdout, "Aborted the transaction of producer 7001 in orders:0.\n");
  assert.equal((await ottla.run(["transactions", "abort", "orders:1", "--producer-id", "7002", "--producer-epoch", "3"])).status, 0);
  assert.equal((await ottla.run(["transactions", "find-hanging", "--max-timeout-minutes", "0"])).stdout, "No transaction hangs.\n");
});

test("a transaction that is not named whole is wrong usage", async () => {
  for (const words of [
    ["orders:0"],
    ["orders"],
    ["orders:0,1"],
    ["orders:0", "--producer-id", "1"],
    ["orders:0", "--start-offset", "0", "--producer-id", "1", "--producer-epoch", "1"],
  ]) {
    assert.equal((await ottla.run(["transactions", "abort", ...words])).status, 2, words.join(" "));
  }
});
