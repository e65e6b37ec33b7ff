import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import { shareAcknowledgeApi } from "@ottla/protocol/apis/share-acknowledge";
import { shareFetchApi } from "@ottla/protocol/apis/share-fetch";
import { makeShareGroupHeartbeatResponse, shareGroupHeartbeatApi } from "@ottla/protocol/apis/share-group-heartbeat";
import { runsOf, SeededRandom } from "@ottla/base/simulated";
import { ClientError } from "../client-error.ts";
import { type Client, createClient } from "../client.ts";
import { HOST, ScriptedBroker } from "../testing/scripted-broker.ts";
import { ShareBroker } from "../testing/share-broker.ts";
import { makeWorld, type SimulatedWorld } from "../testing/simulated-world.ts";
import type { ShareRecord } from "./share-record-types.ts";
import type { AcknowledgementResult, ShareConsumer, ShareConsumerOptions } from "./share-types.ts";

interface Stage {
  readonly world: SimulatedWorld;
  readonly share: ShareBroker;
  readonly client: Client;
  readonly warnings: string[];
  join(options?: Partial<ShareConsumerOptions>): ShareConsumer;
  take(consumer: ShareConsumer, count: number): Promise<ShareRecord[]>;
}

async function start(lockMs?: number, seed?: number): Promise<Stage> {
  const world = makeWorld(seed);
  const share = await ShareBroker.start(world, lockMs);
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const client = createClient(
    { bootstrapServers: share.broker.bootstrap, requestTimeoutMs: 5000 },
    { ...world, logger: { ...world.logger, warn, error: warn } },
  );
  return {
    world,
    share,
    client,
    warnings,
    join: (options) => client.shareConsumer({ groupId: "g", topics: "t", ...options }),
    async take(consumer, count) {
      const records: ShareRecord[] = [];
      for (let polls = 0; records.length < count && polls < 50; polls++) records.push(...(await world.settle(consumer.poll(100))));
      return records;
    },
  };
}

const offsets = (records: readonly ShareRecord[]) => records.map(({ offset }) => offset);
const hasCode = (code: string) => (error: unknown) => error instanceof ClientError && error.code === code;

describe("a share consumer", () => {
  test("a client that is ended by its signal does not wait for a share consumer that waits for its loop", async () => {
    const { world, share } = await start();
    share.produce(1);
    const end = new AbortController();
    const client = createClient({ bootstrapServers: share.broker.bootstrap, signal: end.signal }, world);
    const consumer = client.shareConsumer({ groupId: "g", topics: "t" });
    await world.settle(consumer.records().next());
    const closing = consumer.close();
    const startMs = world.clock.monotonicMs();
    end.abort();
    await world.settle(closing.catch(() => {}));
    assert.ok(world.clock.monotonicMs() - startMs < 1000);
  });

  test("one that is closed while its first heartbeat has no answer leaves behind it, by its own id", async () => {
    const { world, share, client, join } = await start();
    const answered = Promise.withResolvers<void>();
    const heartbeats = () =>
      share.broker.requestsOf(shareGroupHeartbeatApi).map(({ memberId, memberEpoch }) => [memberId, memberEpoch] as const);
    share.broker.on(shareGroupHeartbeatApi, async ({ memberId, memberEpoch }) => {
      if (memberEpoch === 0) await answered.promise;
      return makeShareGroupHeartbeatResponse({ memberId, memberEpoch: memberEpoch < 0 ? memberEpoch : 1, heartbeatIntervalMs: 1000 });
    });
    const consumer = join();
    consumer.poll(60_000).catch(() => {});
    await world.until("it joins", () => heartbeats().length === 1);
    const closing = consumer.close();
    await world.pass(1000);
    answered.resolve();
    await world.settle(closing);
    await world.pass(5000);
    const [[memberId]] = heartbeats() as [readonly [string, number]];
    assert.deepEqual(heartbeats(), [
      [memberId, 0],
      [memberId, -1],
    ]);
    await world.settle(client.close());
    assert.equal(world.net.sockets.size, 0);
  });

  test("implicit mode: a poll accepts what the one before gave; close gives back the last result", async () => {
    const { world, share, join, take } = await start();
    share.produce(4);
    const consumer = join({ maxPollRecords: 2 });
    assert.deepEqual(offsets(await take(consumer, 2)), [0, 1]);
    assert.equal(share.shown, "h1 h1 .0 .0");
    assert.deepEqual(offsets(await world.settle(consumer.poll(1000))), [2, 3]);
    await world.settle(consumer.close());
    assert.equal(share.shown, "a1 a1 .1 .1");
  });

  test("explicit mode: only what was said is; a word is said once, and nothing is said of what is not this consumer's", async () => {
    const { world, share, join, take } = await start();
    share.produce(4);
    const consumer = join({ acknowledgementMode: "explicit" });
    const [a, b, c, d] = await take(consumer, 4);
    a!.accept();
    b!.reject();
    consumer.acknowledge(c!, "release");
    assert.throws(() => a!.release(), hasCode("INVALID_ARGUMENT"));
    assert.throws(() => consumer.acknowledge({ ...a! }), hasCode("INVALID_ARGUMENT"));
    assert.throws(() => consumer.acknowledge(d!, "renew" as "accept"), hasCode("INVALID_ARGUMENT"));
    await world.settle(consumer.commit());
    assert.equal(share.shown, "a1 r1 .1 h1");
    assert.deepEqual([a!.isHeld, d!.isHeld], [false, true]);
    await world.settle(consumer.close());
    assert.equal(share.shown, "a1 r1 .1 .1");
  });

  test("a loop accepts a record by asking on; leaving gives back the one in hand, unless something was said of it", async () => {
    const { world, share, join } = await start();
    share.produce(4);
    const consumer = join();
    await world.settle(
      (async () => {
        for await (const { offset } of consumer.records()) if (offset === 1) break;
        await consumer.commit();
      })(),
    );
    assert.match(share.shown, /^a1 [.h][12] /);
    const seen: string[] = [];
    await world.settle(
      (async () => {
        for await (const record of consumer.records()) {
          seen.push(`${record.offset}#${record.deliveryCount}`);
          if (seen.length < 3) continue;
          record.accept();
          break;
        }
        await consumer.commit();
      })(),
    );
    assert.deepEqual(seen.toSorted(), ["1#2", "2#1", "3#1"]);
    assert.equal(share.count("accepted"), 4);
    await world.settle(consumer.close());
  });

  test("a loop that is slow has no more than the record in hand; one that is quick gets many at a time", async () => {
    const { world, share, join } = await start();
    share.produce(200);
    const consumer = join();
    const records = consumer.records();
    for (let i = 0; i < 4; i++) {
      await world.settle(records.next());
      await world.pass(3000);
      assert.equal(share.count("acquired"), 1);
    }
    await world.settle(
      (async () => {
        for (let i = 0; i < 150; i++) await records.next();
      })(),
    );
    const most = Math.max(...share.broker.requestsOf(shareFetchApi).map(({ maxRecords }) => maxRecords));
    assert.ok(most >= 16 && most <= 500, `${most}`);
    await world.settle(consumer.close({ loopTimeoutMs: 0 }));
    assert.equal(share.count("acquired"), 0);
  });

  test("acknowledgements wait for the next fetch, or go by themselves after a moment, many in one", async () => {
    const { world, share, join, take } = await start();
    share.produce(10);
    const consumer = join({ acknowledgementMode: "explicit" });
    for (const record of await take(consumer, 10)) record.accept();
    assert.equal(share.count("accepted"), 0);
    await world.pass(60);
    assert.equal(share.count("accepted"), 10);
    assert.equal(share.broker.requestsOf(shareAcknowledgeApi).length, 1);
    await world.settle(consumer.close());
  });

  test("locks are renewed at half their time while records are held, up to lockHoldMaxMs; then others get them", async () => {
    const { world, share, join, take } = await start(10_000);
    share.produce(1);
    const consumer = join({ acknowledgementMode: "explicit", lockHoldMaxMs: 32_000 });
    const [record] = await take(consumer, 1);
    await world.pass(31_000);
    assert.deepEqual([share.shown, record!.isHeld], ["h1", true]);
    await world.pass(20_000);
    assert.deepEqual([share.shown, record!.isHeld], [".1", false]);
    assert.throws(() => record!.accept(), hasCode("LOCK_LOST"));
    await world.settle(consumer.close());
  });

  test("without renewals a lock that runs out is lost, here as there, and the commit before it stays good", async () => {
    const { world, share, join, take } = await start(5000);
    share.produce(2);
    const told: AcknowledgementResult[] = [];
    const consumer = join({ acknowledgementMode: "explicit", renewLocks: false, onAcknowledged: (results) => void told.push(...results) });
    const [first, second] = await take(consumer, 2);
    first!.accept();
    await world.settle(consumer.commit());
    await world.pass(5100);
    assert.equal(second!.isHeld, false);
    assert.equal(share.shown, "a1 .1");
    assert.deepEqual(told, [{ topic: "t", partition: 0, offsets: [0], error: undefined }]);
    await world.settle(consumer.close());
  });

  test("a lock counts from the request for it, so that it ends here before anybody else can have the record", async () => {
    const { world, share, join } = await start(5000);
    const consumer = join({ acknowledgementMode: "explicit", renewLocks: false });
    const polling = consumer.poll(5000);
    await world.pass(400);
    share.produce(1);
    const [record] = await world.settle(polling);
    await world.pass(4900);
    assert.deepEqual([record!.isHeld, share.shown], [false, "h1"]);
    await world.settle(consumer.close());
  });

  test("a lock ends on time although the broker does not answer", async () => {
    const { world, share, join, take } = await start(2000);
    share.produce(1);
    const consumer = join({ acknowledgementMode: "explicit", renewLocks: false });
    const [record] = await take(consumer, 1);
    share.broker.silence();
    const polling = consumer.poll(10_000);
    polling.catch(() => {});
    await world.pass(2000);
    assert.equal(record!.isHeld, false);
    await world.settle(consumer.close({ timeoutMs: 100 }));
  });

  test("a group that does not renew is told once; renew() rejects, and the record is still held", async () => {
    const { world, share, join, take, warnings } = await start(10_000);
    share.mayRenew = false;
    share.produce(1);
    const consumer = join({ acknowledgementMode: "explicit" });
    const [record] = await take(consumer, 1);
    await assert.rejects(world.settle(record!.renew()), hasCode("UNSUPPORTED"));
    await assert.rejects(world.settle(record!.renew()), hasCode("UNSUPPORTED"));
    assert.equal(warnings.filter((warning) => warning.startsWith("locks cannot be renewed")).length, 1);
    record!.accept();
    await world.settle(consumer.commit());
    assert.equal(share.shown, "a1");
    await world.settle(consumer.close());
  });

  test("renew() begins the lock anew, and says so when it is lost", async () => {
    const { world, share, join, take } = await start(4000);
    share.produce(2);
    const consumer = join({ acknowledgementMode: "explicit", renewLocks: false });
    const [kept, lost] = await take(consumer, 2);
    await world.pass(3000);
    await world.settle(kept!.renew());
    await world.pass(3000);
    assert.deepEqual([kept!.isHeld, lost!.isHeld, share.shown], [true, false, "h1 .1"]);
    await assert.rejects(lost!.renew(), hasCode("LOCK_LOST"));
    await world.settle(consumer.close());
  });

  test("where one lock was lost, the others of the same request take effect, and commit tells which did not", async () => {
    const { world, share, join, take } = await start(60_000);
    share.produce(2);
    const consumer = join({ acknowledgementMode: "explicit" });
    const early = await take(consumer, 2);
    await world.pass(100);
    share.produce(2);
    const late = await take(consumer, 2);
    // Somebody, a log that was cut for one, took the first lock away without a word.
    share.offsets[0]!.holder = undefined;
    for (const record of [...early, ...late]) record.accept();
    await assert.rejects(world.settle(consumer.commit()), (error) => {
      const { failures, failedCount } = error as { readonly failures?: readonly AcknowledgementResult[]; readonly failedCount?: number };
      assert.deepEqual([failedCount, failures?.map(({ offsets: lost }) => lost)], [2, [[0, 1]]]);
      return hasCode("ACKNOWLEDGEMENT_FAILED")(error);
    });
    assert.deepEqual(
      share.offsets.slice(2).map(({ state }) => state),
      ["accepted", "accepted"],
    );
    await world.settle(consumer.commit());
    await world.settle(consumer.close());
  });

  test("a session that is gone: what it held is lost, a new one is opened, and the records come again", async () => {
    const { world, share, join, take } = await start();
    share.produce(2);
    const consumer = join({ acknowledgementMode: "explicit" });
    const [record] = await take(consumer, 2);
    share.leaveAll();
    record!.accept();
    await assert.rejects(world.settle(consumer.commit()), hasCode("ACKNOWLEDGEMENT_FAILED"));
    const again = await take(consumer, 2);
    assert.deepEqual(
      again.map(({ offset, deliveryCount }) => [offset, deliveryCount]),
      [
        [0, 2],
        [1, 2],
      ],
    );
    await world.settle(consumer.close());
  });

  test("a connection that is cut while a word is on its way: it may have taken effect, and commit says so", async () => {
    const { world, share, join, take } = await start();
    share.produce(1);
    const told: AcknowledgementResult[] = [];
    const consumer = join({ acknowledgementMode: "explicit", onAcknowledged: (results) => void told.push(...results) });
    const [record] = await take(consumer, 1);
    share.faults.cut.push("after");
    record!.accept();
    await assert.rejects(world.settle(consumer.commit()), hasCode("ACKNOWLEDGEMENT_FAILED"));
    assert.equal((told[0]!.error as ClientError).possiblyWritten, true);
    assert.equal(share.shown, "a1");
    await world.settle(consumer.close());
  });

  test("a member that is fenced joins again under its own name, and keeps its locks", async () => {
    const { world, share, join, take } = await start();
    share.produce(1);
    const consumer = join({ acknowledgementMode: "explicit" });
    const [record] = await take(consumer, 1);
    share.faults.heartbeatErrors.push(ErrorCode.FENCED_MEMBER_EPOCH);
    const heartbeats = () => share.broker.requestsOf(shareGroupHeartbeatApi);
    await world.until("it joined again", () => heartbeats().filter(({ memberEpoch }) => memberEpoch === 0).length === 2);
    assert.equal(new Set(heartbeats().map(({ memberId }) => memberId)).size, 1);
    record!.accept();
    await world.settle(consumer.commit());
    assert.equal(share.shown, "a1");
    await world.settle(consumer.close());
    assert.equal(heartbeats().at(-1)!.memberEpoch, -1);
  });

  test("an application that does not ask is told to the group; asking again joins again", async () => {
    const { world, share, join, take } = await start();
    share.produce(1);
    const consumer = join({ maxPollIntervalMs: 3000 });
    await take(consumer, 1);
    const epochs = () => share.broker.requestsOf(shareGroupHeartbeatApi).map(({ memberEpoch }) => memberEpoch);
    await world.until("it left", () => epochs().at(-1) === -1);
    share.produce(1);
    assert.equal((await take(consumer, 1)).length, 1);
    assert.equal(epochs().filter((epoch) => epoch === 0).length, 2);
    await world.settle(consumer.close());
  });

  test("a forgetful application in explicit mode is told, and gets nothing more until it says something", async () => {
    const { world, share, join, take, warnings } = await start();
    share.produce(5);
    const consumer = join({ acknowledgementMode: "explicit", outstandingMax: 3 });
    const records = await take(consumer, 3);
    assert.deepEqual(await world.settle(consumer.poll(2000)), []);
    assert.equal(warnings.filter((warning) => warning.startsWith("nothing more is fetched")).length, 1);
    records[0]!.accept();
    assert.deepEqual(offsets(await take(consumer, 1)), [3]);
    await world.settle(consumer.close());
  });

  test("a broker without share groups is told by UNSUPPORTED, and the consumer is failed", async () => {
    const world = makeWorld();
    const broker = await ScriptedBroker.start(world.net);
    broker.serveMetadata(() => ({ t: [1] }));
    broker.on(findCoordinatorApi, () =>
      makeFindCoordinatorResponse({ coordinators: [makeCoordinator({ key: "g", nodeId: 1, host: HOST, port: broker.port })] }),
    );
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    const consumer = client.shareConsumer({ groupId: "g", topics: "t" });
    await assert.rejects(world.settle(consumer.poll(10_000)), hasCode("UNSUPPORTED"));
    assert.deepEqual([consumer.health().state, consumer.health().isAlive], ["failed", false]);
    await world.settle(client.close());
  });

  test("nonsense is refused under its name", async () => {
    const { world, client, join } = await start();
    assert.throws(() => client.shareConsumer({} as ShareConsumerOptions), /groupId/);
    assert.throws(() => join({ maxPollRecords: 0 }), /maxPollRecords is 0/);
    assert.throws(() => join({ topics: ["a b"] }), /topics is "a b"/);
    assert.throws(() => join({ acknowledgmentMode: "explicit" } as object), /did you mean "acknowledgementMode"/);
    const consumer = join();
    assert.throws(() => consumer.subscribe([]), /one topic at least/);
    assert.throws(() => consumer.acknowledge({} as ShareRecord), /none of this consumer/);
    await assert.rejects(consumer.run({} as { eachRecord: () => void }), /eachRecord/);
    await assert.rejects(consumer.poll(-1), /poll: timeoutMs/);
    await world.settle(client.close());
  });

  test("close wins in its deadline although nobody answers", async () => {
    const { world, share, join, take } = await start();
    share.produce(1);
    const consumer = join();
    await take(consumer, 1);
    share.broker.silence();
    const startedMs = world.clock.monotonicMs();
    await world.settle(consumer.close({ timeoutMs: 2000 }));
    assert.ok(world.clock.monotonicMs() - startedMs <= 2000);
    await assert.rejects(consumer.poll(10), hasCode("CLIENT_CLOSED"));
  });
});

describe("a run of a share consumer", () => {
  test("accepts on return, gives back on a throw after a pause, rejects where onError says", async () => {
    const { world, share, join } = await start();
    share.produce(4);
    const consumer = join();
    const tries: string[] = [];
    const ended = consumer.run({
      concurrency: 4,
      eachRecord: (record, { attempt }) => {
        tries.push(`${record.offset}#${record.deliveryCount}.${attempt}`);
        if (record.offset === 1) throw new Error("again");
        if (record.offset === 2) throw new TypeError("never");
        if (record.offset === 3) record.release();
        return record.offset === 3 && record.deliveryCount > 2 ? undefined : Promise.resolve();
      },
      onError: { attempts: 2, rejectAfter: 2, decide: (error) => (error instanceof TypeError ? "reject" : undefined) },
    });
    await world.until("all but one is decided", () => share.count("accepted") === 1 && share.count("rejected") === 2);
    assert.deepEqual(
      tries.filter((each) => each.startsWith("1#")),
      ["1#1.1", "1#1.2", "1#2.1", "1#2.2"],
    );
    assert.equal(tries.filter((each) => each.startsWith("2#")).length, 1);
    await world.settle(consumer.close());
    await world.settle(ended);
  });

  test("acquires no more than handlers can begin, and renews what they hold", async () => {
    const { world, share, join } = await start(10_000);
    share.produce(20);
    const consumer = join();
    const gates: (() => void)[] = [];
    const ended = consumer.run({ concurrency: 3, eachRecord: () => new Promise<void>((resolve) => void gates.push(resolve)) });
    await world.until("three are at work", () => gates.length === 3);
    await world.pass(45_000);
    assert.deepEqual([gates.length, share.count("acquired")], [3, 3]);
    assert.equal(consumer.health().inHand, 3);
    gates.shift()!();
    await world.until("the next one is at work", () => gates.length === 3);
    assert.equal(
      share.offsets.every(({ deliveryCount }) => deliveryCount <= 1),
      true,
    );
    for (const open of gates) open();
    await world.settle(consumer.close({ loopTimeoutMs: 0 }));
    await world.settle(ended);
    assert.equal(share.count("acquired"), 0);
  });

  test("a lock that is lost aborts the handler's signal, and its late result counts no more", async () => {
    const { world, share, join, warnings } = await start(5000);
    share.produce(1);
    const consumer = join({ lockHoldMaxMs: 0 });
    let signal: AbortSignal | undefined;
    const gate = Promise.withResolvers<void>();
    const ended = consumer.run({
      eachRecord: (_, context) => {
        signal ??= context.signal;
        return gate.promise;
      },
    });
    await world.until("it is at work", () => signal !== undefined);
    await world.until("it is told", () => signal!.aborted);
    assert.ok(hasCode("LOCK_LOST")(signal!.reason));
    gate.resolve();
    await world.until("the record is done in a later delivery", () => share.count("accepted") === 1);
    assert.ok(share.offsets[0]!.deliveryCount >= 2);
    assert.ok(warnings.some((warning) => warning.startsWith("a record was done after its lock was lost")));
    await world.settle(consumer.close());
    await world.settle(ended);
  });

  test("close waits for handlers, gives up what takes longer, and gives back what waits for another try", async () => {
    const { world, share, join } = await start();
    share.produce(3);
    const consumer = join();
    const quick = Promise.withResolvers<void>();
    let stuck: AbortSignal | undefined;
    let begun = 0;
    const ended = consumer.run({
      concurrency: 3,
      eachRecord: ({ offset }, context) => {
        begun++;
        if (offset === 0) return quick.promise;
        if (offset === 1) throw new Error("later");
        stuck = context.signal;
        return new Promise(() => {});
      },
      onError: { backoffMs: 600_000, backoffMaxMs: 600_000 },
    });
    await world.until("all are begun", () => begun === 3);
    const closing = consumer.close({ loopTimeoutMs: 1000, timeoutMs: 20_000 });
    quick.resolve();
    await world.settle(closing);
    await world.settle(ended);
    assert.equal(share.shown, "a1 .1 .1");
    assert.equal(stuck?.aborted, true);
    assert.equal(consumer.health().state, "closed");
  });

  test("a run that cannot go on rejects, and the consumer is closed", async () => {
    const { world, share, join } = await start();
    share.produce(1);
    const consumer = join();
    const ended = consumer.run({ eachRecord: () => {} });
    await world.until("it is done", () => share.count("accepted") === 1);
    share.faults.heartbeatErrors.push(ErrorCode.GROUP_AUTHORIZATION_FAILED);
    await assert.rejects(world.settle(ended), /may not do this with the group/);
    assert.equal(consumer.health().state, "failed");
    await assert.rejects(consumer.poll(10), hasCode("CLIENT_CLOSED"));
  });

  for (const seed of Array.from({ length: runsOf({ quick: 1, long: 60 }) }, (_, i) => i + 1))
    test(`model, seed ${seed}: members come, fail, lose connections and go; every record is accepted, and never handled by two who both hold it`, async () => {
      const { world, share, join } = await start(4000, seed);
      const random = new SeededRandom(seed);
      const chance = (percent: number) => random.nextInt(100) < percent;
      const total = 60;
      const holders = new Map<number, AbortSignal[]>();
      /** Handled by two who both believed to hold it. */
      const twice: number[] = [];
      const sleep = (ms: number) => new Promise<void>((resolve) => void world.clock.schedule(ms, resolve));
      const members: { readonly consumer: ShareConsumer; readonly ended: Promise<void> }[] = [];
      const joinOne = () => {
        const consumer = join({ renewLocks: chance(70), maxPollRecords: 1 + random.nextInt(20) });
        const ended = consumer.run({
          concurrency: 1 + random.nextInt(4),
          onError: { backoffMs: 50, attempts: 1 + random.nextInt(2) },
          eachRecord: async ({ offset }, { signal }) => {
            const others = (holders.get(offset) ?? []).filter((each) => !each.aborted);
            if (others.length > 0) twice.push(offset);
            holders.set(offset, [...others, signal]);
            await sleep(chance(10) ? 6000 : random.nextInt(200));
            holders.set(
              offset,
              (holders.get(offset) ?? []).filter((each) => each !== signal),
            );
            if (chance(15)) throw new Error("by chance");
          },
        });
        members.push({ consumer, ended });
      };
      joinOne();
      joinOne();
      let produced = 0;
      for (let step = 0; step < 60 && share.count("accepted") < total; step++) {
        if (produced < total && chance(60)) {
          const count = Math.min(total - produced, 1 + random.nextInt(12));
          share.produce(count);
          produced += count;
        }
        if (chance(10)) share.faults.cut.push(chance(50) ? "before" : "after");
        if (chance(8)) share.faults.refuse.push(ErrorCode.SHARE_SESSION_NOT_FOUND);
        if (chance(5)) share.faults.heartbeatErrors.push(chance(50) ? ErrorCode.FENCED_MEMBER_EPOCH : ErrorCode.COORDINATOR_NOT_AVAILABLE);
        if (chance(10) && members.length > 1) {
          const [{ consumer, ended }] = members.splice(random.nextInt(members.length), 1) as [(typeof members)[number]];
          await world.settle(consumer.close(chance(30) ? { timeoutMs: 0 } : {}));
          await world.settle(ended);
          joinOne();
        }
        await world.pass(random.nextInt(1500));
      }
      share.faults.cut.length = 0;
      if (produced < total) share.produce(total - produced);
      await world.until("all is accepted", () => share.count("accepted") === total);
      for (const { consumer, ended } of members) {
        await world.settle(consumer.close());
        await world.settle(ended);
      }
      assert.equal(share.count("acquired"), 0);
      assert.deepEqual(twice, []);
    });
});
