import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock, SimulatedDisk, SimulatedNet, SeededRandom } from "@ottla/base/simulated";
import { silentLogger } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { openBroker, type ServingBroker } from "../broker.ts";
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

test("a partition whose files cannot be opened is not coordinated as if it were empty", async () => {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk();
  const settings = new Map([
    ["listeners", "PLAINTEXT://127.0.0.1:0"],
    ["offsets.topic.num.partitions", "1"],
  ]);
  const start = (): Promise<ServingBroker> =>
    openBroker(
      { clock, disk, net: new SimulatedNet({ clock }), random: new SeededRandom(1), logger: silentLogger },
      { dataDirectory: "/data", settings, brokers: 1 },
    );
  const first = await start();
  await first.state.groups.coordinatorOf("g");
  await first.stop();
  disk.remove("/data/.kafka_cleanshutdown");
  disk.fail({ operation: "open", path: "/data/__consumer_offsets-0/", times: Infinity });
  const second = await start();
  await second.state.groups.ready();
  assert.ok(second.state.partitions.isUnreadable("__consumer_offsets", 0));
  const found = await second.state.groups.membership.heartbeat({
    nodeId: 1,
    groupId: "g",
    memberId: "m",
    groupInstanceId: null,
    generationId: 1,
  });
  assert.equal(found.errorCode, ErrorCode.NOT_COORDINATOR);
  await second.stop();
});
