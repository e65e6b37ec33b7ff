import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Client, type Consumer, type ConsumerOptions, type ConsumerRecord, type RunOptions, readFailure } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, partitionsOf, readRecords, type TargetSource, withClient } from "./case-client.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const placeOf = ({ topic, partition, offset }: ConsumerRecord) => `${topic}-${partition}@${offset}`;

function runMember(
  client: Client,
  topic: string | RegExp,
  options: ConsumerOptions,
  run: RunOptions,
): { readonly consumer: Consumer; readonly ended: Promise<void> } {
  const consumer = client.consumer({ autoOffsetReset: "earliest", autoCommitIntervalMs: 100, ...options });
  consumer.subscribe(topic);
  const ended = consumer.run(run);
  ended.catch(() => {});
  return { consumer, ended };
}

const committedSum = async (client: Client, groupId: string, topic: string) =>
  (await client.admin().listGroupOffsets(groupId)).reduce((sum, each) => sum + (each.topic === topic ? (each.value?.offset ?? 0) : 0), 0);

/** `run` of a consumer against a real group. */
export function defineRunCases(target: TargetSource): void {
  describe("our consumer's run", { concurrency: CASES_AT_ONCE }, () => {
    for (const groupProtocol of ["classic", "consumer"] as const) {
      test(`${groupProtocol}: members come and go under load, handlers at work by key, every record is handled once and keys stay in order`, () =>
        withClient(target, async (client) => {
          const topic = await makeTopic(client, 6);
          const groupId = uniqueName("group");
          const times = new Map<string, number>();
          const lastOfKey = new Map<string, number>();
          const disorder: string[] = [];
          const eachRecord = async (record: ConsumerRecord) => {
            await pause(Math.random() * 10);
            times.set(placeOf(record), (times.get(placeOf(record)) ?? 0) + 1);
            const key = record.key!.toString();
            const number = Number(record.value);
            if ((lastOfKey.get(key) ?? -1) >= number) disorder.push(`${key}: ${number}`);
            lastOfKey.set(key, number);
          };
          const producer = client.producer();
          let sent = 0;
          let isProducing = true;
          const load = (async () => {
            while (isProducing) {
              await producer.send(Array.from({ length: 50 }, (_, i) => ({ topic, key: `k${(sent + i) % 97}`, value: String(sent + i) })));
              sent += 50;
              await pause(20);
            }
          })();
          const join = () => runMember(client, topic, { groupId, groupProtocol }, { concurrency: 20, orderBy: "key", eachRecord });
          const split = (members: readonly { consumer: Consumer }[]) =>
            members
              .map(({ consumer }) => String(consumer.assignment().length))
              .sort()
              .join();
          const members = [join()];
          await waitUntil("one member has all", () => split(members) === "6");
          members.push(join());
          await waitUntil("two members share", () => split(members) === "3,3", { timeoutMs: 60_000 });
          members.push(join());
          await waitUntil("three members share", () => split(members) === "2,2,2", { timeoutMs: 60_000 });
          await members.shift()!.consumer.close();
          await waitUntil("two are left", () => split(members) === "3,3", { timeoutMs: 60_000 });
          isProducing = false;
          await load;
          await waitUntil("all is handled", () => times.size === sent, { timeoutMs: 60_000 });
          await Promise.all(members.map(({ consumer }) => consumer.close()));
          await Promise.all(members.map(({ ended }) => ended));
          assert.deepEqual(disorder, []);
          assert.deepEqual(
            [...times].filter(([, count]) => count !== 1),
            [],
          );
          assert.equal(await committedSum(client, groupId, topic), sent);
        }));

      test(`${groupProtocol}: a handler that takes longer than maxPollIntervalMs costs no rebalance, and close waits for it`, () =>
        withClient(target, async (client) => {
          const topic = await makeTopic(client, 1);
          await client.producer().send([
            { topic, value: "a" },
            { topic, value: "b" },
          ]);
          const groupId = uniqueName("group");
          let done = 0;
          const eachRecord = async () => {
            await pause(1500);
            done++;
          };
          const { consumer, ended } = runMember(client, topic, { groupId, groupProtocol, maxPollIntervalMs: 500 }, { eachRecord });
          await waitUntil("the first is done", () => done === 1);
          const before = consumer.groupMetadata();
          await consumer.close();
          await ended;
          assert.equal(done, 2);
          assert.ok(before!.generationId > 0);
          assert.equal(await committedSum(client, groupId, topic), 2);
        }));
    }

    test("records that fail go through the retry topics at their times, and end among the dead letters with their story", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        const deadLetterTopic = `${topic}.dead`;
        await client.producer().send([
          { topic, partition: 1, key: "good", value: "good" },
          { topic, partition: 1, key: "later", value: "later", headers: { own: "1" } },
          { topic, partition: 1, key: "never", value: "never", headers: { own: "2" } },
          { topic, partition: 1, key: "good", value: "good too" },
        ]);
        const calls: {
          readonly value: string;
          readonly attempt: number;
          readonly topic: string;
          readonly atMs: number;
          readonly origin: string;
        }[] = [];
        const { consumer, ended } = runMember(
          client,
          topic,
          { groupId },
          {
            onError: { attempts: 2, backoffMs: 10, retryTopics: [{ delayMs: 700 }, { delayMs: 300 }], deadLetterTopic },
            eachRecord: (record, { attempt, origin }) => {
              const value = record.value!.toString();
              calls.push({
                value,
                attempt,
                topic: record.topic,
                atMs: performance.now(),
                origin: `${origin.topic}-${origin.partition}@${origin.offset}`,
              });
              if (value === "never" || (value === "later" && attempt < 3)) throw new RangeError(`no ${value}`);
            },
          },
        );
        const reader = client.consumer({ autoOffsetReset: "earliest" });
        await waitUntil("the never-good one was tried six times", () => calls.filter(({ value }) => value === "never").length === 6, {
          timeoutMs: 60_000,
        });
        const [described] = await client.admin().describeTopics([deadLetterTopic]);
        reader.assign(partitionsOf(deadLetterTopic, described!.value!.partitions.length));
        const [dead] = await readRecords(reader, 1);
        assert.deepEqual([dead!.key?.toString(), dead!.value?.toString(), dead!.headers[0]?.key], ["never", "never", "own"]);
        const { errorStack, firstFailedAt, lastFailedAt, origin, ...failure } = readFailure(dead!)!;
        assert.deepEqual({ ...origin, timestamp: 0 }, { topic, partition: 1, offset: 2, timestamp: 0 });
        assert.deepEqual(failure, {
          groupId,
          attempts: 6,
          errorName: "RangeError",
          errorMessage: "no never",
          retryLevel: 2,
          dueAt: undefined,
        });
        assert.match(errorStack!, /RangeError: no never/);
        assert.ok(lastFailedAt - firstFailedAt >= 1000);
        const never = calls.filter(({ value }) => value === "never");
        assert.deepEqual(
          never.map(({ attempt }) => attempt),
          [1, 2, 3, 4, 5, 6],
        );
        assert.deepEqual(
          never.map((call) => call.topic),
          [topic, topic, `${groupId}.retry.1`, `${groupId}.retry.1`, `${groupId}.retry.2`, `${groupId}.retry.2`],
        );
        assert.ok(never.every((call) => call.origin === `${topic}-1@2`));
        assert.ok(never[2]!.atMs - never[1]!.atMs >= 690, `${never[2]!.atMs - never[1]!.atMs} ms`);
        assert.ok(never[4]!.atMs - never[3]!.atMs >= 290);
        // Nothing behind it waited.
        assert.ok(calls.find(({ value }) => value === "good too")!.atMs < never[2]!.atMs);
        assert.deepEqual(
          calls.filter(({ value }) => value === "later").map(({ attempt }) => attempt),
          [1, 2, 3],
        );
        await consumer.close();
        await ended;
        assert.equal(await committedSum(client, groupId, topic), 4);
        assert.equal(await committedSum(client, groupId, `${groupId}.retry.1`), 2);
      }));

    test("a run that ends on a record leaves the group, and the next one goes on with it", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = uniqueName("group");
        await client.producer().send(Array.from({ length: 5 }, (_, i) => ({ topic, value: String(i) })));
        const seen: number[] = [];
        const eachRecord =
          (isMended: boolean) =>
          ({ offset }: ConsumerRecord) => {
            seen.push(offset);
            if (offset === 3 && !isMended) throw new Error("bad");
          };
        const first = runMember(client, topic, { groupId }, { onError: { attempts: 1 }, eachRecord: eachRecord(false) });
        await assert.rejects(first.ended, /could not be handled/);
        assert.equal(first.consumer.health().state, "failed");
        const second = runMember(client, topic, { groupId }, { eachRecord: eachRecord(true) });
        await waitUntil("all is handled", () => seen.at(-1) === 4);
        assert.equal(second.consumer.health().state, "running");
        await second.consumer.close();
        assert.deepEqual(seen, [0, 1, 2, 3, 3, 4]);
      }));

    test("a partition that goes to another member is waited for within drainTimeoutMs, then given up", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        await client.producer().send(partitionsOf(topic, 2).map(({ partition }) => ({ topic, partition, value: "v" })));
        const signals: AbortSignal[] = [];
        const hanging = runMember(
          client,
          topic,
          { groupId, groupProtocol: "consumer" },
          {
            concurrency: 2,
            drainTimeoutMs: 500,
            eachRecord: (_, { signal }) => {
              signals.push(signal);
              return new Promise(() => {});
            },
          },
        );
        await waitUntil("both are at work", () => signals.length === 2);
        let handled = 0;
        const other = runMember(client, topic, { groupId, groupProtocol: "consumer" }, { eachRecord: () => void handled++ });
        await waitUntil("the other has handled what was given up", () => handled === 1, { timeoutMs: 60_000 });
        assert.equal(signals.filter(({ aborted }) => aborted).length, 1);
        assert.equal(hanging.consumer.health().state, "running");
        await other.consumer.close();
        await hanging.consumer.close({ timeoutMs: 2000, loopTimeoutMs: 200 });
        assert.ok(signals.every(({ aborted }) => aborted));
      }));

    test("a pattern's run reads its retry topics, too", () =>
      withClient(target, async (client) => {
        const prefix = uniqueName("pattern");
        await client.admin().createTopics([{ name: `${prefix}-1`, partitionCount: 1 }]);
        for (const groupProtocol of ["classic", "consumer"] as const) {
          const attempts: number[] = [];
          const { consumer } = runMember(
            client,
            new RegExp(`^${prefix}-`),
            { groupId: uniqueName("group"), groupProtocol },
            {
              onError: { attempts: 1, retryTopics: [{ delayMs: 10 }] },
              eachRecord: (_, { attempt }) => {
                attempts.push(attempt);
                if (attempt === 1) throw new Error("later");
              },
            },
          );
          await client.producer().send({ topic: `${prefix}-1`, value: "v" });
          await waitUntil("it came through the retry topic", () => attempts.includes(2), { timeoutMs: 60_000 });
          await consumer.close();
        }
      }));
  });
}
