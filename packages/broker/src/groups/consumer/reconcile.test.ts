import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConsumerMember } from "./consumer-member.ts";
import { newMember } from "./consumer-member.ts";
import type { OwnedPartitions, PartitionEpochs } from "./partition-epochs.ts";
import { reconcile, type Reconciliation } from "./reconcile.ts";

const T = "AAAAAAAAAAAAAAAAA0001A";
const U = "AAAAAAAAAAAAAAAAA0001B";

type Plain = Readonly<Record<string, readonly number[]>>;

const epochs = (plain: Plain, epoch = 5): PartitionEpochs =>
  new Map(Object.entries(plain).map(([topicId, partitions]) => [topicId, new Map(partitions.map((partition) => [partition, epoch]))]));
const owned = (plain: Plain): OwnedPartitions => Object.entries(plain).map(([topicId, partitions]) => ({ topicId, partitions }));
const plain = (of: PartitionEpochs): Plain =>
  Object.fromEntries([...of].map(([topicId, partitions]) => [topicId, [...partitions.keys()].sort((a, b) => a - b)]));

/** A member at epoch 5, of a group whose target is of epoch 5 too unless it is said. */
function step(member: Partial<ConsumerMember>, r: Partial<Reconciliation> & { readonly subscribed: readonly string[] }) {
  const { subscribed, ...more } = r;
  const next = reconcile(
    { ...newMember("m"), memberEpoch: 5, previousMemberEpoch: 4, ...member },
    {
      targetEpoch: 5,
      target: new Map(),
      hasSubscriptionChanged: false,
      owned: null,
      partitionEpoch: () => -1,
      isSubscribed: (topicId) => subscribed.includes(topicId),
      ...more,
    },
  );
  return [next.state, next.memberEpoch, plain(next.assigned), plain(next.pendingRevocation)];
}

describe("a member that is subscribed to less, before there is a new target", () => {
  const assigned = epochs({ [T]: [0, 1], [U]: [0] });
  const changed = { hasSubscriptionChanged: true, subscribed: [T] };

  it("gives up what it is no longer subscribed to, at its own epoch", () => {
    assert.deepEqual(step({ assigned }, { ...changed, owned: owned({ [T]: [0, 1], [U]: [0] }) }), [
      "unrevoked",
      5,
      { [T]: [0, 1] },
      { [U]: [0] },
    ]);
    assert.deepEqual(step({ assigned }, changed), ["unrevoked", 5, { [T]: [0, 1] }, { [U]: [0] }], "one that says nothing still has it");
  });

  it("has nothing to give up where it says that it does not have it", () => {
    assert.deepEqual(step({ assigned }, { ...changed, owned: owned({ [T]: [0] }) }), ["stable", 5, { [T]: [0, 1] }, {}]);
  });

  it("stays as it is where it is subscribed to all that it has", () => {
    assert.deepEqual(step({ assigned }, { ...changed, subscribed: [T, U] }), ["stable", 5, { [T]: [0, 1], [U]: [0] }, {}]);
  });

  it("that is giving up something gives up this as well, of the same topic and of others", () => {
    const before = {
      state: "unrevoked" as const,
      assigned: epochs({ [T]: [0], [U]: [0] }),
      pendingRevocation: epochs({ [T]: [1], [U]: [2] }),
    };
    assert.deepEqual(step(before, { ...changed, targetEpoch: 6 }), ["unrevoked", 5, { [T]: [0] }, { [T]: [1], [U]: [0, 2] }]);
    assert.deepEqual(
      step(before, { subscribed: [T], targetEpoch: 6 }),
      ["unrevoked", 5, { [T]: [0], [U]: [0] }, { [T]: [1], [U]: [2] }],
      "not while its subscription is the same",
    );
  });
});

describe("a member that has given up a partition which the target gives it again", () => {
  it("gets it at once, although it counts as its own until then", () => {
    const before = { state: "unrevoked" as const, assigned: epochs({ [T]: [0] }), pendingRevocation: epochs({ [T]: [1] }) };
    const r = {
      subscribed: [T],
      targetEpoch: 7,
      target: new Map([[T, [0, 1]]]),
      owned: owned({ [T]: [0] }),
      partitionEpoch: (_: string, partition: number) => (partition < 2 ? 5 : -1),
    };
    assert.deepEqual(step(before, r), ["stable", 7, { [T]: [0, 1] }, {}]);
    // What is another's it waits for.
    assert.deepEqual(step({ ...before, pendingRevocation: epochs({ [T]: [2] }) }, r), ["unreleased", 7, { [T]: [0] }, {}]);
  });
});
