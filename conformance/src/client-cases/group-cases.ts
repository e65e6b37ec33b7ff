import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Assignor,
  ClientError,
  cooperativeStickyAssignor,
  type RebalanceListener,
  rangeAssignor,
  roundRobinAssignor,
  stickyAssignor,
} from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, partitionsOf, pollUntil, readRecords, type TargetSource, withClient } from "./case-client.ts";
import { rollMembersUnderLoad } from "./rolling-members.ts";
import { numbers, runMember } from "./running-member.ts";

const assignors: readonly (readonly [string, () => Assignor])[] = [
  ["range", () => rangeAssignor],
  ["roundrobin", () => roundRobinAssignor],
  ["sticky", stickyAssignor],
  ["cooperative-sticky", cooperativeStickyAssignor],
];

export function defineGroupCases(target: TargetSource): void {
  describe("our consumer in a group", { concurrency: CASES_AT_ONCE }, () => {
    for (const [name, make] of assignors) {
      test(`${name}: members come and go under load, every record is read once`, () =>
        withClient(target, (client) => rollMembersUnderLoad(client, { assignors: [make()] })));
    }

    test("onRevoked is awaited before the group goes on, and may commit", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        await client.producer().send(partitionsOf(topic, 2).map(({ partition }) => ({ topic, partition, value: "v" })));
        const order: string[] = [];
        const first = client.consumer({ groupId, autoOffsetReset: "earliest", heartbeatIntervalMs: 100, enableAutoCommit: false });
        const listener: RebalanceListener = {
          async onRevoked() {
            order.push("revoking");
            await new Promise((resolve) => setTimeout(resolve, 300));
            await first.commit();
            order.push("revoked");
          },
        };
        first.subscribe(topic, listener);
        await readRecords(first, 2);
        const second = runMember(client, topic, { groupId });
        let isDone = false;
        const polling = (async () => {
          while (!isDone) await first.poll(50);
        })();
        await waitUntil("the second member has its part", () => second.events.length > 0 && second.owned().length === 1);
        order.push("second assigned");
        isDone = true;
        await polling;
        assert.deepEqual(order, ["revoking", "revoked", "second assigned"]);
        const committed = await client.admin().listGroupOffsets(groupId);
        assert.deepEqual(
          committed.map((each) => each.value?.offset),
          [1, 1],
        );
        await second.close();
      }));

    test("cooperative members keep reading what they keep; only what moves is revoked", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 4);
        const groupId = uniqueName("group");
        const join = () => runMember(client, topic, { groupId, assignors: [cooperativeStickyAssignor()] });
        const first = join();
        await waitUntil("the first member has all", () => first.owned() === "0,1,2,3");
        const second = join();
        await waitUntil("they share", () => first.consumer.assignment().length === 2 && second.consumer.assignment().length === 2);
        const revoked = first.events.filter((event) => event.startsWith("revoked"));
        assert.deepEqual(revoked, [`revoked ${second.owned()}`]);
        await Promise.all([first.close(), second.close()]);
      }));

    test("a static member that restarts gets its partitions back without a rebalance; a second one of its name fences it", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 4);
        const groupId = uniqueName("group");
        const other = runMember(client, topic, { groupId, groupInstanceId: "other" });
        const first = runMember(client, topic, { groupId, groupInstanceId: "restarts" });
        await waitUntil("both have a half", () => other.consumer.assignment().length === 2 && first.consumer.assignment().length === 2);
        const owned = first.owned();
        const eventsOfOther = other.events.length;
        await first.close();
        const again = runMember(client, topic, { groupId, groupInstanceId: "restarts" });
        await waitUntil("the restarted member has its partitions", () => again.owned() === owned);
        assert.equal(other.events.length, eventsOfOther);
        const usurper = runMember(client, topic, { groupId, groupInstanceId: "restarts" });
        await waitUntil("the usurper has them now", () => usurper.owned() === owned);
        await assert.rejects(
          again.halt().then(() => again.consumer.poll(5000)),
          /took this one's place/,
        );
        await Promise.all([other.close(), usurper.close(), again.consumer.close()]);
      }));

    test("a member that does not poll for maxPollIntervalMs loses its partitions, hears onLost, and comes back", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        const sleeper = client.consumer({
          groupId,
          autoOffsetReset: "earliest",
          heartbeatIntervalMs: 100,
          maxPollIntervalMs: 600,
          enableAutoCommit: false,
        });
        const events: string[] = [];
        sleeper.subscribe(topic, {
          onAssigned: (p) => void events.push(`assigned ${numbers(p)}`),
          onLost: (p) => void events.push(`lost ${numbers(p)}`),
        });
        await pollUntil(sleeper, "it has all partitions", () => sleeper.assignment().length === 2);
        const other = runMember(client, topic, { groupId });
        await waitUntil("the other has all", () => other.owned() === "0,1");
        await assert.rejects(
          sleeper.commit([{ topic, partition: 0, offset: 0 }]),
          (error: unknown) => error instanceof ClientError && error.code === "COMMIT_FAILED",
        );
        await pollUntil(sleeper, "it has its share", () => sleeper.assignment().length === 1);
        assert.deepEqual(events.slice(0, 2), ["assigned 0,1", "lost 0,1"]);
        await other.close();
      }));

    test("a pattern takes in topics that come later, and leaves internal ones out", () =>
      withClient(
        target,
        async (client) => {
          const prefix = uniqueName("pattern");
          const admin = client.admin();
          const create = (name: string) => admin.createTopics([{ name, partitionCount: 1 }]);
          await create(`${prefix}-1`);
          const member = runMember(client, new RegExp(`^(${prefix}-.*|__consumer_offsets)$`), { groupId: uniqueName("group") });
          const topics = () => [...new Set(member.consumer.assignment().map(({ topic }) => topic))].sort().join();
          await waitUntil("the first topic is assigned", () => topics() === `${prefix}-1`);
          await create(`${prefix}-2`);
          await waitUntil("the second topic is assigned", () => topics() === `${prefix}-1,${prefix}-2`);
          await member.close();
        },
        { metadataMaxAgeMs: 200 },
      ));

    test("a topic that is made after the subscription to it is found", () =>
      withClient(target, async (client) => {
        const name = uniqueName("late");
        const member = runMember(client, name, { groupId: uniqueName("group"), allowAutoCreateTopics: false });
        await waitUntil("the group has the member", () => member.events.length > 0);
        assert.deepEqual(member.events, ["assigned "]);
        await client.admin().createTopics([{ name, partitionCount: 2 }]);
        await waitUntil("the topic is assigned", () => member.owned() === "0,1", { timeoutMs: 60_000 });
        await member.close();
      }));

    test("partitions that are added are taken up", () =>
      withClient(
        target,
        async (client) => {
          const topic = await makeTopic(client, 1);
          const member = runMember(client, topic, { groupId: uniqueName("group") });
          await waitUntil("one partition is assigned", () => member.owned() === "0");
          await client.admin().createPartitions([{ topic, partitionCount: 3 }]);
          await waitUntil("three partitions are assigned", () => member.owned() === "0,1,2");
          await member.close();
        },
        { metadataMaxAgeMs: 200 },
      ));

    test("an assignor of one's own sees every member's user data and gives each its own, also alone in the group", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        const received: Record<string, string[]> = { a: [], b: [] };
        const make = (name: "a" | "b"): Assignor => ({
          name: "own",
          protocols: ["eager"],
          subscriptionUserData: () => Buffer.from(`from ${name}`),
          assign: (members, topics) =>
            new Map(
              members
                .toSorted((x, y) => x.userData!.compare(y.userData!))
                .map((member, i, all) => {
                  const count = topics.get(topic)!.partitionCount;
                  const partitions = partitionsOf(topic, count).filter(({ partition }) => partition % all.length === i);
                  return [
                    member.memberId,
                    { partitions, userData: Buffer.from(`to ${member.userData!.toString().slice(5)} of ${all.length}`) },
                  ];
                }),
            ),
          onAssignment: (assignment, generationId) => {
            assert.ok(generationId > 0);
            received[name]!.push(assignment.userData!.toString());
          },
        });
        const a = runMember(client, topic, { groupId, assignors: [make("a")] });
        await waitUntil("the lone member has all", () => a.owned() === "0,1");
        assert.deepEqual(received["a"], ["to a of 1"]);
        const b = runMember(client, topic, { groupId, assignors: [make("b")] });
        await waitUntil("they share", () => a.owned() === "0" && b.owned() === "1");
        assert.deepEqual([received["a"]?.at(-1), received["b"]?.at(-1)], ["to a of 2", "to b of 2"]);
        await Promise.all([a.close(), b.close()]);
      }));

    test("commits keep metadata and epoch; a member that comes later goes on there", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = uniqueName("group");
        await client.producer().send(Array.from({ length: 10 }, (_, i) => ({ topic, value: String(i) })));
        const first = client.consumer({ groupId, autoOffsetReset: "earliest", enableAutoCommit: false });
        first.subscribe(topic);
        await readRecords(first, 10);
        const at = { topic, partition: 0 };
        await first.commit([{ ...at, offset: 4, metadata: "half way", leaderEpoch: 0 }]);
        assert.deepEqual(await first.committed([at]), [{ ...at, committed: { offset: 4, metadata: "half way", leaderEpoch: 0 } }]);
        assert.equal(first.groupMetadata()?.groupId, groupId);
        await first.close();
        const second = client.consumer({ groupId });
        second.subscribe(topic);
        assert.deepEqual(
          (await readRecords(second, 6)).map(({ offset }) => offset),
          [4, 5, 6, 7, 8, 9],
        );
      }));

    test("internal topics are readable: __consumer_offsets holds the commits", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = uniqueName("group");
        const commit = () => client.admin().alterGroupOffsets(groupId, [{ topic, partition: 0, offset: 5 }]);
        await waitUntil("an offset is committed", async () => (await commit())[0]?.error === undefined);
        const [offsets] = await client.admin().describeTopics(["__consumer_offsets"]);
        const consumer = client.consumer({ autoOffsetReset: "earliest" });
        consumer.assign(partitionsOf("__consumer_offsets", offsets!.value!.partitions.length));
        await waitUntil("the commit is read", async () => {
          for (const batch of await consumer.poll(100)) for (const record of batch) if (record.key?.includes(groupId)) return true;
          return false;
        });
      }));

    test("unsubscribe leaves the group and frees the consumer for an assignment", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = uniqueName("group");
        const consumer = client.consumer({ groupId, autoOffsetReset: "earliest" });
        consumer.subscribe(topic);
        await pollUntil(consumer, "it has a partition", () => consumer.assignment().length === 1);
        await consumer.unsubscribe();
        const [group] = await client.admin().describeGroups([groupId]);
        assert.deepEqual([group?.value?.state, group?.value?.members], ["Empty", []]);
        consumer.assign(partitionsOf(topic, 1));
        assert.equal(await consumer.position({ topic, partition: 0 }), 0);
      }));
  });
}
