import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import {
  type Client,
  ClientError,
  createClient,
  KafkaError,
  type ShareConsumer,
  type ShareConsumerOptions,
  type ShareRecord,
} from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { startJavaDriver } from "../kafka/java-tool.ts";
import { nodeBinary, repositoryRoot } from "../paths.ts";
import { startChild } from "../process/child.ts";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, type TargetSource, withClient } from "./case-client.ts";
import { LOCK_MS } from "./share-profile.ts";

/** A group of its own that begins at the start of its topics. */
export async function makeShareGroup(client: Client, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = uniqueName("share");
  const settings = { "share.auto.offset.reset": "earliest", ...changes };
  const admin = client.admin();
  const [outcome] = await admin.alterConfigs([
    { type: "group", name, changes: Object.entries(settings).map(([setting, value]) => ({ op: "set" as const, name: setting, value })) },
  ]);
  if (outcome?.error) throw outcome.error;
  // The leader of a partition asks its own view of them, once: where it begins.
  for (const { host, port } of (await admin.describeCluster()).nodes) await waitUntilKnown(`${host}:${port}`, name, settings);
  await admin.close();
  return name;
}

async function waitUntilKnown(broker: string, group: string, settings: Readonly<Record<string, string>>): Promise<void> {
  await using client = createClient({ bootstrapServers: broker });
  const admin = client.admin();
  await waitUntil(`${broker} knows the settings of ${group}`, async () => {
    const [described] = await admin.describeConfigs([{ type: "group", name: group }]);
    const values = new Map(described?.value?.map((entry) => [entry.name, entry.value]));
    return Object.entries(settings).every(([setting, value]) => values.get(setting) === value);
  });
}

export async function produce(client: Client, topic: string, count: number, partitionCount = 1): Promise<void> {
  const producer = client.producer();
  // One batch a record, so that no member has to take many at once.
  for (let i = 0; i < count; i++) await producer.send({ topic, partition: i % partitionCount, value: `v${i}` });
  await producer.close();
}

export const placeOf = ({ partition, offset }: ShareRecord) => `${partition}:${offset}`;

/** A member that comes now gets nothing: everything was accepted or rejected, or is locked. */
export async function isAllDone(client: Client, groupId: string, topic: string): Promise<void> {
  await using late = explicit(client, groupId, topic);
  const records: ShareRecord[] = [];
  await waitUntil("a late member has the partition", async () => {
    records.push(...(await late.poll(100)));
    return late.assignment().length > 0;
  });
  records.push(...(await late.poll(1500)));
  assert.deepEqual(records.map(placeOf), []);
}

/** Polls until there are so many records. */
async function take(consumer: ShareConsumer, count: number, timeoutMs = 60_000): Promise<ShareRecord[]> {
  const records: ShareRecord[] = [];
  const deadline = performance.now() + timeoutMs;
  while (records.length < count) {
    if (performance.now() > deadline) throw new Error(`Took ${records.length} of ${count} records within ${timeoutMs} ms.`);
    records.push(...(await consumer.poll(200)));
  }
  return records;
}

const explicit = (client: Client, groupId: string, topics: string, options: Partial<ShareConsumerOptions> = {}) =>
  client.shareConsumer({ groupId, topics, acknowledgementMode: "explicit", ...options });

/** Our share consumer on a cluster of {@link shareProfile}. */
export function defineShareCases(target: TargetSource): void {
  describe("our share consumer", { concurrency: CASES_AT_ONCE }, () => {
    test("two members share one partition, every record is handled once", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client);
        const seen: string[] = [];
        const counts = [0, 0];
        const workers = counts.map((_, i) => {
          const worker = client.shareConsumer({ groupId, topics: topic });
          const eachRecord = async (record: ShareRecord) => {
            await new Promise((resolve) => setTimeout(resolve, 10));
            seen.push(placeOf(record));
            counts[i]!++;
          };
          return { worker, ended: worker.run({ concurrency: 4, eachRecord }) };
        });
        await waitUntil("both are members", () => workers.every(({ worker }) => worker.assignment().length === 1));
        await produce(client, topic, 300);
        await waitUntil("all is handled", () => seen.length >= 300);
        for (const { worker, ended } of workers) {
          await worker.close();
          await ended;
        }
        assert.equal(new Set(seen).size, 300);
        assert.equal(seen.length, 300);
        assert.ok(Math.min(...counts) > 30, `a fair share each: ${counts.join()}`);
        await isAllDone(client, groupId, topic);
      }));

    test("what is released comes again with a higher count, what is rejected does not, and the group's limit ends it", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client, { "share.delivery.count.limit": "3" });
        await produce(client, topic, 3);
        await using consumer = explicit(client, groupId, topic);
        const deliveries: string[] = [];
        for (let round = 0; round < 3; round++)
          for (const record of await take(consumer, round === 0 ? 3 : 1)) {
            deliveries.push(`${record.offset}#${record.deliveryCount}`);
            if (record.offset === 0) record.accept();
            else if (record.offset === 1) record.reject();
            else record.release();
            assert.throws(() => record.accept(), /acknowledged before/);
          }
        assert.deepEqual(deliveries, ["0#1", "1#1", "2#1", "2#2", "2#3"]);
        await consumer.commit();
        assert.deepEqual(await consumer.poll(1000), []);
      }));

    test("a lock that runs out: another member gets the record, the first one hears so at its commit, and only of that record", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client);
        await produce(client, topic, 1);
        const told: string[] = [];
        await using slow = explicit(client, groupId, topic, {
          renewLocks: false,
          onAcknowledged: (results) =>
            void told.push(...results.map(({ offsets, error }) => `${offsets.join()} ${(error as ClientError | undefined)?.code}`)),
        });
        const [late] = await take(slow, 1);
        await using other = explicit(client, groupId, topic);
        const [again] = await take(other, 1);
        assert.deepEqual([again!.offset, again!.deliveryCount], [0, 2]);
        again!.accept();
        await other.commit();
        await waitUntil("the first one knows", () => !late!.isHeld);
        assert.throws(
          () => late!.accept(),
          (error) => error instanceof ClientError && error.code === "LOCK_LOST",
        );
        await produce(client, topic, 1);
        const [fresh] = await Promise.race([take(slow, 1), take(other, 1)]);
        fresh!.accept();
        await Promise.all([slow.commit(), other.commit()]);
        assert.deepEqual(
          told.filter((each) => each !== "1 undefined"),
          [],
        );
      }));

    test("a handler that takes longer than its lock keeps it, and nobody else gets the record", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client);
        await produce(client, topic, 1);
        const begun: string[] = [];
        const eachRecord = async (record: ShareRecord, { signal }: { readonly signal: AbortSignal }) => {
          begun.push(`${record.offset}#${record.deliveryCount}`);
          await new Promise((resolve) => setTimeout(resolve, LOCK_MS * 2.2));
          assert.equal(signal.aborted, false);
        };
        const workers = [1, 2].map(() => client.shareConsumer({ groupId, topics: topic }));
        const ended = workers.map((worker) => worker.run({ eachRecord }));
        await waitUntil("it is at work", () => begun.length > 0);
        await waitUntil("it is done", () => workers.every((worker) => worker.health().inHand === 0));
        await Promise.all(workers.map((worker) => worker.close()));
        await Promise.all(ended);
        assert.deepEqual(begun, ["0#1"]);
        await isAllDone(client, groupId, topic);
      }));

    test("renew() begins a lock anew; a group that does not renew says UNSUPPORTED", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client);
        await produce(client, topic, 1);
        await using consumer = explicit(client, groupId, topic, { renewLocks: false });
        const [record] = await take(consumer, 1);
        for (let i = 0; i < 3; i++) {
          await new Promise((resolve) => setTimeout(resolve, LOCK_MS * 0.6));
          await record!.renew();
        }
        record!.accept();
        await consumer.commit();

        const stubborn = await makeShareGroup(client, { "share.renew.acknowledge.enable": "false" });
        await using other = explicit(client, stubborn, topic);
        const [locked] = await take(other, 1);
        await assert.rejects(locked!.renew(), (error) => error instanceof ClientError && error.code === "UNSUPPORTED");
        locked!.accept();
        await other.commit();
      }));

    test("a member whose process is killed: others get what it held, before its locks run out", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client, { "share.record.lock.duration.ms": "60000" });
        await produce(client, topic, 3);
        const script = `${repositoryRoot}conformance/src/client-cases/share-member-process.ts`;
        const child = startChild(nodeBinary, ["--conditions=source", script, target().bootstrap, topic, groupId]);
        const has: string[] = [];
        createInterface({ input: child.process.stdout! }).on("line", (line) => void has.push(line));
        await waitUntil("it has all", () => has.length === 3);
        await child.kill();
        const killedAt = performance.now();
        await using survivor = client.shareConsumer({ groupId, topics: topic });
        const records = await take(survivor, 3);
        assert.ok(performance.now() - killedAt < 50_000);
        assert.deepEqual(
          records.map(({ offset, deliveryCount }) => [offset, deliveryCount]),
          [0, 1, 2].map((offset) => [offset, 2]),
        );
      }));

    test("close gives back what was not acknowledged, at once, and says what was", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client, { "share.record.lock.duration.ms": "60000" });
        await produce(client, topic, 4);
        const first = explicit(client, groupId, topic);
        const records = await take(first, 4);
        records[1]!.accept();
        await first.close();
        await using second = explicit(client, groupId, topic);
        const rest = await take(second, 3, 10_000);
        assert.deepEqual(
          rest.map(({ offset }) => offset),
          [0, 2, 3],
        );
        for (const record of rest) record.accept();
        await second.commit();
      }));

    test("a loop accepts what it asks on from, and gives back what it was left with", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client);
        await produce(client, topic, 5);
        const consumer = client.shareConsumer({ groupId, topics: topic });
        for await (const { offset } of consumer.records()) if (offset === 2) break;
        await consumer.commit();
        const seen: string[] = [];
        for await (const { offset, deliveryCount } of consumer.records()) {
          seen.push(`${offset}#${deliveryCount}`);
          if (seen.length === 3) void consumer.close();
        }
        assert.deepEqual(seen.toSorted(), ["2#2", "3#1", "4#1"]);
        await isAllDone(client, groupId, topic);
      }));

    test("a slow worker leaves the rest to others", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client);
        // All in one batch: a member must not get more of it than it asked for.
        await client.producer().send(Array.from({ length: 40 }, (_, i) => ({ topic, partition: 0, value: `v${i}` })));
        const slow = client.shareConsumer({ groupId, topics: topic });
        let slowBegun = 0;
        const never = Promise.withResolvers<void>();
        const slowEnded = slow.run({ concurrency: 2, eachRecord: () => (slowBegun++, never.promise) });
        await waitUntil("it is at work", () => slowBegun === 2);
        const quick = client.shareConsumer({ groupId, topics: topic });
        const seen: number[] = [];
        const quickEnded = quick.run({ concurrency: 2, eachRecord: ({ offset }) => void seen.push(offset) });
        await waitUntil("the rest is done", () => seen.length === 38);
        assert.equal(slowBegun, 2);
        never.resolve();
        await Promise.all([slow.close(), quick.close()]);
        await Promise.all([slowEnded, quickEnded]);
      }));

    test("records of transactions: committed ones only, where the group says so", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = await makeShareGroup(client, { "share.isolation.level": "read_committed" });
        const producer = client.producer({ transactionalId: uniqueName("tx") });
        for (const [value, isKept] of [
          ["a", true],
          ["b", false],
          ["c", true],
        ] as const) {
          await producer.begin();
          await producer.send({ topic, partition: 0, value });
          await (isKept ? producer.commit() : producer.abort());
        }
        await using consumer = client.shareConsumer({ groupId, topics: topic });
        assert.deepEqual(
          (await take(consumer, 2)).map(({ value }) => value?.toString()),
          ["a", "c"],
        );
        // Markers are nobody's record; the group goes over them all the same.
        await consumer.commit();
        await isAllDone(client, groupId, topic);
      }));

    test("a group of another kind is refused, and told", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = uniqueName("group");
        const consumer = client.consumer({ groupId });
        consumer.subscribe(topic);
        await waitUntil("the classic group is there", async () => {
          await consumer.poll(100);
          return consumer.assignment().length === 1;
        });
        const wrong = client.shareConsumer({ groupId, topics: topic });
        await assert.rejects(wrong.poll(10_000), (error) => error instanceof KafkaError);
        assert.equal(wrong.health().state, "failed");
        await wrong.close();
        await consumer.close();
      }));

    test("Java's share consumer and ours in one group: every record is accepted once", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = await makeShareGroup(client);
        const accepted: string[] = [];
        const java = await startJavaDriver("ShareMember", [target().bootstrap, topic, `group.id=${groupId}`]);
        let javaCount = 0;
        let isReady = false;
        createInterface({ input: java.process.stdout! }).on("line", (line) => {
          const [verb, partition, offset] = line.split(" ");
          isReady ||= verb === "ready";
          if (verb !== "accepted") return;
          javaCount++;
          accepted.push(`${partition}:${offset}`);
        });
        let ourCount = 0;
        const ours = client.shareConsumer({
          groupId,
          topics: topic,
          onAcknowledged: (results) => {
            for (const { partition, offsets, error } of results) {
              assert.equal(error, undefined);
              ourCount += offsets.length;
              accepted.push(...offsets.map((offset) => `${partition}:${offset}`));
            }
          },
        });
        const ended = ours.run({ concurrency: 4, eachRecord: () => new Promise((resolve) => void setTimeout(resolve, 5)) });
        await waitUntil("both are members", async () => {
          const [group] = await client.admin().describeShareGroups([groupId]);
          return isReady && group?.value?.members.length === 2 && group.value.members.every(({ assignment }) => assignment.length > 0);
        });
        await produce(client, topic, 600, 2);
        await waitUntil("all is accepted", () => accepted.length >= 600);
        java.process.stdin!.end();
        await java.exited;
        await ours.close();
        await ended;
        assert.deepEqual([accepted.length, new Set(accepted).size], [600, 600]);
        assert.ok(javaCount > 50 && ourCount > 50, `Java ${javaCount}, ours ${ourCount}`);
      }));
  });
}
