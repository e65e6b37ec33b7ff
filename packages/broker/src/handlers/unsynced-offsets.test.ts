import assert from "node:assert/strict";
import { test } from "node:test";
import { DiskError } from "@ottla/base";
import { MemoryDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopic,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { createTopic } from "../testing/data-path.ts";
import { HeldDisk } from "../testing/held-disk.ts";
import { TestBroker } from "../testing/test-broker.ts";

/** A broker that answers what is on the disk, whose next commit to the group `g` waits for it. */
async function startWithWaitingCommit() {
  const held = new HeldDisk(new MemoryDisk(), "__consumer_offsets");
  const settings = { "log.flush.interval.messages": "1", "offsets.topic.num.partitions": "1" };
  const broker = await TestBroker.start({ disk: held.disk, settings });
  await createTopic(broker, "t");
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  assert.equal(await commit(broker, 5), ErrorCode.NONE);
  held.hold();
  const waiting = commit(broker, 6);
  while (held.waiting === 0) await new Promise(setImmediate);
  return { broker, held, waiting };
}

async function commit(broker: TestBroker, committedOffset: number): Promise<number | undefined> {
  const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset, committedMetadata: "" })];
  const topics = [makeOffsetCommitRequestTopic({ name: "t", partitions })];
  const answer = await broker.send(offsetCommitApi, 8, makeOffsetCommitRequest({ groupId: "g", topics }));
  return answer.topics[0]?.partitions[0]?.errorCode;
}

/** The committed offset, or the error code. By version 8 of several groups, or 7 of one. */
async function fetch(broker: TestBroker, version: 7 | 8, groupId = "g"): Promise<string> {
  const partitionIndexes = [0];
  const request =
    version === 8
      ? { groups: [makeOffsetFetchRequestGroup({ groupId, topics: [makeOffsetFetchRequestTopics({ name: "t", partitionIndexes })] })] }
      : { groupId, topics: [makeOffsetFetchRequestTopic({ name: "t", partitionIndexes })] };
  const answer = await broker.send(offsetFetchApi, version, makeOffsetFetchRequest(request));
  const { errorCode, topics: found } = version === 8 ? answer.groups[0]! : answer;
  return errorCode === ErrorCode.NONE ? `offset ${found[0]?.partitions[0]?.committedOffset}` : `code ${errorCode}`;
}

for (const version of [7, 8] as const) {
  test(`OffsetFetch ${version} tells of no commit before it is on the disk`, async () => {
    const { broker, held, waiting } = await startWithWaitingCommit();
    await using _ = { [Symbol.asyncDispose]: () => (held.letGo(), broker.stop()) };
    let isTold = false;
    const told = fetch(broker, version).finally(() => (isTold = true));
    // Who comes later to another group of the same partition waits as well: what it does not find may have been there.
    const other = fetch(broker, version, "h");
    await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
    await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
    assert.equal(isTold, false);
    held.letGo();
    assert.deepEqual([await waiting, await told, await other], [ErrorCode.NONE, "offset 6", "offset -1"]);
    assert.equal(await fetch(broker, version), "offset 6");
  });

  test(`OffsetFetch ${version} tells of no commit that the disk may not have`, async () => {
    const { broker, held, waiting } = await startWithWaitingCommit();
    await using _ = { [Symbol.asyncDispose]: () => (held.letGo(), broker.stop()) };
    const told = fetch(broker, version);
    await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
    held.fail(new DiskError("DISK_IO", "/data/__consumer_offsets-0", "The disk has failed."));
    assert.deepEqual([await waiting, await told], [ErrorCode.NOT_COORDINATOR, `code ${ErrorCode.NOT_COORDINATOR}`]);
    assert.equal(await fetch(broker, version), `code ${ErrorCode.NOT_COORDINATOR}`);
  });
}
