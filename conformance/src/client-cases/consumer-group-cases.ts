import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Client, ClientError, type ConsumerOptions, KafkaError } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, partitionsOf, pollUntil, readRecords, type TargetSource, withClient } from "./case-client.ts";
import { rollMembersUnderLoad, shares } from "./rolling-members.ts";
import { numbers, type RunningMember, runMember } from "./running-member.ts";

const BY_COORDINATOR: ConsumerOptions = { groupProtocol: "consumer" };

const topicsOf = (member: RunningMember) => [...new Set(member.consumer.assignment().map(({ topic }) => topic))].sort().join();
const create = (client: Client, name: string) => client.admin().createTopics([{ name, partitionCount: 1 }]);

/** Our consumer under the protocol of KIP-848. */
export function defineConsumerGroupCases(target: TargetSource): void {
  describe("our consumer in a group of the consumer protocol", { concurrency: CASES_AT_ONCE }, () => {
    for (const remoteAssignor of ["uniform", "range"] as const) {
      test(`${remoteAssignor}: members come and go under load, every record is read once`, () =>
        withClient(target, (client) =>
          rollMembersUnderLoad(client, { ...BY_COORDINATOR, remoteAssignor }, async (groupId) => {
            const [described] = await client.admin().describeGroups([groupId]);
            assert.deepEqual([described?.value?.state, described?.value?.members.length], ["Stable", 2]);
          }),
        ));
    }

    test("only what moves is revoked, onRevoked is awaited and may commit before another member has it", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        await client.producer().send(partitionsOf(topic, 2).map(({ partition }) => ({ topic, partition, value: "v" })));
        const order: string[] = [];
        const first = client.consumer({ ...BY_COORDINATOR, groupId, autoOffsetReset: "earliest", enableAutoCommit: false });
        first.subscribe(topic, {
          async onRevoked(revoked) {
            order.push(`revoking ${revoked.length}`);
            await new Promise((resolve) => setTimeout(resolve, 500));
            await first.commit();
            order.push("revoked");
          },
        });
        await readRecords(first, 2);
        const second = runMember(client, topic, { ...BY_COORDINATOR, groupId });
        let isDone = false;
        const polling = (async () => {
          while (!isDone) await first.poll(50);
        })();
        await waitUntil("the second member has its part", () => second.owned().length === 1);
        order.push("second assigned");
        isDone = true;
        await polling;
        assert.deepEqual(order, ["revoking 1", "revoked", "second assigned"]);
        assert.equal(first.assignment().length, 1);
        await second.close();
      }));

    test("a static member that restarts gets its partitions back; a second one of its name is refused while it is there", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 4);
        const groupId = uniqueName("group");
        const join = (groupInstanceId: string) => runMember(client, topic, { ...BY_COORDINATOR, groupId, groupInstanceId });
        const other = join("other");
        const first = join("restarts");
        await waitUntil("both have a half", () => shares([other, first]) === "2,2");
        const owned = first.owned();
        const eventsOfOther = other.events.length;
        await first.close();
        const again = join("restarts");
        await waitUntil("the restarted member has its partitions", () => again.owned() === owned);
        assert.equal(other.events.length, eventsOfOther);
        const usurper = client.consumer({ ...BY_COORDINATOR, groupId, groupInstanceId: "restarts" });
        usurper.subscribe(topic);
        await assert.rejects(usurper.poll(10_000), (error) => error instanceof KafkaError && error.code === "UNRELEASED_INSTANCE_ID");
        assert.equal(again.owned(), owned);
        await Promise.all([other.close(), again.close(), usurper.close()]);
      }));

    test("a member that does not poll for maxPollIntervalMs loses its partitions, hears onLost, and comes back", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        const sleeper = client.consumer({ ...BY_COORDINATOR, groupId, autoOffsetReset: "earliest", maxPollIntervalMs: 600 });
        const events: string[] = [];
        sleeper.subscribe(topic, {
          onAssigned: (p) => void events.push(`assigned ${numbers(p)}`),
          onLost: (p) => void events.push(`lost ${numbers(p)}`),
        });
        await pollUntil(sleeper, "it has all partitions", () => sleeper.assignment().length === 2);
        const other = runMember(client, topic, { ...BY_COORDINATOR, groupId });
        await waitUntil("the other has all", () => other.owned() === "0,1");
        await assert.rejects(
          sleeper.commit([{ topic, partition: 0, offset: 0 }]),
          (error: unknown) => error instanceof ClientError && error.code === "COMMIT_FAILED",
        );
        await pollUntil(sleeper, "it has its share", () => sleeper.assignment().length === 1);
        assert.deepEqual(events.slice(0, 2), ["assigned 0,1", "lost 0,1"]);
        await Promise.all([other.close(), sleeper.close()]);
      }));

    for (const [who, pattern] of [
      ["the coordinator", (prefix: string) => ({ pattern: `${prefix}-.*` })],
      ["the coordinator for a RegExp", (prefix: string) => new RegExp(`^${prefix}-[12]$`)],
      ["the client", (prefix: string) => new RegExp(`^(?!x)(${prefix}-.*|__consumer_offsets)$`)],
    ] as const) {
      test(`a pattern matched by ${who} takes in topics that come later`, () =>
        withClient(
          target,
          async (client) => {
            const prefix = uniqueName("pattern");
            await create(client, `${prefix}-1`);
            const member = runMember(client, pattern(prefix), { ...BY_COORDINATOR, groupId: uniqueName("group") });
            await waitUntil("the first topic is assigned", () => topicsOf(member) === `${prefix}-1`);
            await create(client, `${prefix}-2`);
            await waitUntil("the second topic is assigned", () => topicsOf(member) === `${prefix}-1,${prefix}-2`, { timeoutMs: 60_000 });
            await client.producer().send({ topic: `${prefix}-2`, value: "v" });
            await member.close();
          },
          { metadataMaxAgeMs: 200 },
        ));
    }

    test("a pattern that cannot be read and an assignor that is not there are told by the poll", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const fails = async (options: ConsumerOptions, wanted: string | { readonly pattern: string }, code: string) => {
          const consumer = client.consumer({ ...BY_COORDINATOR, groupId: uniqueName("group"), ...options });
          consumer.subscribe(wanted);
          await assert.rejects(consumer.poll(10_000), (error) => error instanceof KafkaError && error.code === code);
          await consumer.close();
        };
        await fails({}, { pattern: "(" }, "INVALID_REGULAR_EXPRESSION");
        await fails({ remoteAssignor: "nobody" }, topic, "UNSUPPORTED_ASSIGNOR");
      }));

    test("a topic that is made after the subscription to it is found, and partitions that are added are taken up", () =>
      withClient(
        target,
        async (client) => {
          const name = uniqueName("late");
          const member = runMember(client, name, { ...BY_COORDINATOR, groupId: uniqueName("group"), allowAutoCreateTopics: false });
          await waitUntil("the group has the member", () => member.consumer.groupMetadata()!.generationId > 0);
          await client.admin().createTopics([{ name, partitionCount: 2 }]);
          await waitUntil("the topic is assigned", () => member.owned() === "0,1", { timeoutMs: 60_000 });
          await client.admin().createPartitions([{ topic: name, partitionCount: 3 }]);
          await waitUntil("three partitions are assigned", () => member.owned() === "0,1,2", { timeoutMs: 60_000 });
          await member.close();
        },
        { metadataMaxAgeMs: 200 },
      ));

    test("commits under an epoch that moved on meanwhile are made under the new one", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 4);
        const groupId = uniqueName("group");
        const first = client.consumer({ ...BY_COORDINATOR, groupId, autoOffsetReset: "earliest", enableAutoCommit: false });
        first.subscribe(topic);
        await pollUntil(first, "it has all", () => first.assignment().length === 4);
        let isDone = false;
        let commits = 0;
        const committing = (async () => {
          while (!isDone) {
            await first.poll(5);
            await first.commit(first.assignment().map((each) => ({ ...each, offset: 0 })));
            commits++;
          }
        })();
        for (let i = 0; i < 3; i++) {
          const other = runMember(client, topic, { ...BY_COORDINATOR, groupId });
          await waitUntil("the other has its part", () => other.consumer.assignment().length === 2);
          await other.close();
        }
        isDone = true;
        await committing;
        assert.ok(commits > 10);
        await first.close();
      }));

    test("unsubscribe leaves the group, and another subscription joins it again", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = uniqueName("group");
        const consumer = client.consumer({ ...BY_COORDINATOR, groupId, autoOffsetReset: "earliest" });
        consumer.subscribe(topic);
        await pollUntil(consumer, "it has a partition", () => consumer.assignment().length === 1);
        await consumer.unsubscribe();
        const [group] = await client.admin().describeGroups([groupId]);
        assert.deepEqual([group?.value?.state, group?.value?.members], ["Empty", []]);
        consumer.subscribe(topic);
        await pollUntil(consumer, "it has a partition again", () => consumer.assignment().length === 1);
      }));
  });
}
