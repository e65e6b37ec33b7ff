import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter } from "@ottla/base";
import type { DataMessage } from "@ottla/protocol";
import { consumerProtocolSubscription, makeConsumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import { groupMetadataKey } from "@ottla/protocol/data/group-metadata-key";
import { groupMetadataValue, makeGroupMetadataValue, makeMemberMetadata } from "@ottla/protocol/data/group-metadata-value";
import { makeShareSnapshotKey, shareSnapshotKey } from "@ottla/protocol/data/share-snapshot-key";
import { makeShareSnapshotValue, makeSnapshotStateBatch, shareSnapshotValue } from "@ottla/protocol/data/share-snapshot-value";
import { readCoordinatorRecord } from "./coordinator-record.ts";

function bytesOf<Message>(first: number, message: DataMessage<Message>, value: Message, version: number): Buffer {
  const writer = new ByteWriter();
  writer.int16(first);
  message.write(writer, value, version);
  return Buffer.concat(writer.finish());
}

test("a group's record is read with what its members subscribe to", () => {
  const subscription = bytesOf(1, consumerProtocolSubscription, makeConsumerProtocolSubscription({ topics: ["orders"] }), 1);
  const members = [makeMemberMetadata({ memberId: "m", clientId: "c", subscription })];
  const value = makeGroupMetadataValue({ protocolType: "consumer", generation: 3, members });
  const read = readCoordinatorRecord(
    "__consumer_offsets",
    bytesOf(2, groupMetadataKey, { group: "billing" }, 0),
    bytesOf(3, groupMetadataValue, value, 3),
  );
  assert.deepEqual(read.key && "fields" in read.key && [read.key.name, read.key.fields["group"]], ["GroupMetadataKey", "billing"]);
  assert.ok(read.value && "fields" in read.value);
  const [member] = read.value.fields["members"] as readonly { readonly subscription: { readonly topics: readonly string[] } }[];
  assert.deepEqual(member?.subscription.topics, ["orders"]);
});

test("the state of a share group's partition is read", () => {
  const place = makeShareSnapshotKey({ groupId: "workers", partition: 2 });
  const state = makeShareSnapshotValue({
    snapshotEpoch: 4,
    startOffset: 17,
    stateBatches: [makeSnapshotStateBatch({ firstOffset: 17, lastOffset: 19, deliveryState: 2, deliveryCount: 1 })],
  });
  const { key, value } = readCoordinatorRecord(
    "__share_group_state",
    bytesOf(0, shareSnapshotKey, place, 0),
    bytesOf(0, shareSnapshotValue, state, 0),
  );
  assert.deepEqual(key && "fields" in key && [key.fields["groupId"], key.fields["partition"]], ["workers", 2]);
  assert.deepEqual(value && "fields" in value && [value.name, value.fields["startOffset"]], ["ShareSnapshotValue", 17]);
});

test("types and versions that are not known, and bytes that are cut, are told as they are", () => {
  const key = bytesOf(2, groupMetadataKey, { group: "billing" }, 0);
  const value = bytesOf(3, groupMetadataValue, makeGroupMetadataValue({ protocolType: "consumer" }), 3);
  const error = (part: unknown): string => (part as { readonly error: string }).error;
  assert.match(error(readCoordinatorRecord("__consumer_offsets", Buffer.from([1, 0]), value).key), /type 256 is of a newer Kafka/);
  assert.match(error(readCoordinatorRecord("__consumer_offsets", key, Buffer.from([0, 99])).value), /version 99 is not known/);
  for (let cut = 2; cut < value.length; cut++)
    assert.match(error(readCoordinatorRecord("__consumer_offsets", key, value.subarray(0, cut)).value), /cannot be read/);
  assert.equal(readCoordinatorRecord("__consumer_offsets", key, null).value, undefined);
});
