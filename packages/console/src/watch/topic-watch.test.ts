import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import type { Admin, TopicDescription } from "@ottla/client";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { lookNow } from "./look.ts";
import { RequestBudget } from "./request-budget.ts";
import { SharedLists } from "./shared-lists.ts";
import { Timeline } from "./timeline.ts";
import { TopicWatch } from "./topic-watch.ts";

function describe(name: string): TopicDescription {
  const partitions = [0, 1, 2, 3].map((partition) => ({
    partition,
    leader: partition % 2,
    leaderEpoch: 0,
    replicas: [0, 1],
    isr: [0, 1],
    offlineReplicas: [],
  }));
  return { name, topicId: name, internal: false, partitions };
}

test("equal lists of brokers are one object, in the order that each has", () => {
  const lists = new SharedLists();
  const [a, b] = [lists.sharing(describe("a")), lists.sharing(describe("b"))];
  assert.deepEqual([a, b], [describe("a"), describe("b")]);
  assert.equal(new Set([a, b].flatMap(({ partitions }) => partitions.flatMap(({ replicas, isr }) => [replicas, isr]))).size, 1);
  const other = { ...describe("c"), partitions: [{ ...describe("c").partitions[0]!, isr: [1, 0] }] };
  assert.deepEqual(lists.sharing(other), other);
});

/** A cluster of so many topics of four partitions, which notes how many partitions each call asks for. */
function watched(topics: number) {
  const clock = new SimulatedClock();
  const timeline = new Timeline();
  const watch = new TopicWatch(timeline);
  const names = Array.from({ length: topics }, (_, i) => `t${i}`);
  const calls: number[] = [];
  const asked = new Set<string>();
  let end = 0;
  let unknowable: string | undefined;
  let silentLeader: number | undefined;
  const admin = {
    describeLogDirs: (nodeIds: readonly number[]) =>
      Promise.resolve(
        nodeIds.map((nodeId) => ({
          nodeId,
          error: undefined,
          value: [
            {
              partitions: names.flatMap((topic) =>
                [0, 1, 2, 3].map((partition) => ({ topic, partition, sizeBytes: 10 + nodeId, isFuture: false })),
              ),
            },
          ],
        })),
      ),
    describeConfigs: (resources: readonly { readonly name: string }[]) =>
      Promise.resolve(resources.map(({ name }) => ({ name, error: undefined, value: [{ name: "cleanup.policy", value: "compact" }] }))),
    describeTopics: () =>
      Promise.resolve(
        names.map((name) =>
          name === unknowable
            ? { name, value: undefined, error: new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE) }
            : { name, value: describe(name), error: undefined },
        ),
      ),
    listOffsets: (queries: readonly { readonly topic: string; readonly partition: number }[]) => {
      calls.push(queries.length);
      for (const { topic } of queries) asked.add(topic);
      return Promise.resolve(
        queries.map((query) =>
          query.partition % 2 === silentLeader
            ? { ...query, value: undefined, error: new KafkaError(ErrorCode.REQUEST_TIMED_OUT) }
            : { ...query, error: undefined, value: { offset: end } },
        ),
      );
    },
  } as unknown as Admin;
  const look = () => lookNow(admin, clock, new RequestBudget(clock, Number.POSITIVE_INFINITY), new AbortController().signal);
  return {
    watch,
    clock,
    timeline,
    topics: () => watch.lookAtTopics(look()),
    sizes: () => watch.lookAtSizes(look(), [0, 1]),
    settings: () => watch.lookAtSettings(look()),
    /** Looks at ends at this end of all partitions; what was asked for. */
    async ends(at: number) {
      calls.length = 0;
      asked.clear();
      end = at;
      await watch.lookAtEnds(look(), false);
      return { calls: [...calls], asked: new Set(asked) };
    },
    hide: (name: string | undefined) => (unknowable = name),
    silence: (leader: number | undefined) => (silentLeader = leader),
  };
}

test("the ends of a large cluster are looked at whole at first, then in turn in small calls, with what somebody looks at each time", async () => {
  const { watch, clock, topics, ends } = watched(6_000);
  await topics();
  assert.equal(watch.partitionCount, 24_000);
  const first = await ends(0);
  assert.deepEqual([first.asked.size, Math.max(...first.calls)], [6_000, 4_000]);
  const seen = new Map<string, number>();
  const rates: (number | undefined)[] = [];
  watch.want(["t17"], clock.monotonicMs());
  for (let i = 1; i <= 3; i++) {
    clock.advance(5_000);
    const { calls, asked } = await ends(i * 50);
    assert.ok(Math.max(...calls) <= 500 && asked.size <= 2_501, `${asked.size} topics, ${Math.max(...calls)} partitions in a call`);
    assert.ok(asked.has("t17"), "it is looked at each time");
    for (const topic of asked) seen.set(topic, (seen.get(topic) ?? 0) + 1);
    rates.push(watch.throughput.perS);
  }
  assert.equal(seen.size, 6_000, "three looks go round");
  assert.deepEqual(rates.slice(0, 2), [undefined, undefined], "a part of the cluster is not its rate");
  assert.ok(rates[2] !== undefined);
  const { perS } = watch.get("t17")!;
  assert.equal(perS, 40, "four partitions with ten records a second each");
});

test("rows and totals are those of the newest look, whatever it looked at", async () => {
  const { watch, clock, topics, ends, sizes, settings } = watched(2);
  const shown = () => {
    const [{ inPerS, bytes, cleanupPolicy } = {}] = watch.rows();
    return { topics: watch.rows().length, inPerS, bytes, cleanupPolicy, busiest: watch.totals().busiest.length, sum: watch.totals().bytes };
  };
  const none = { inPerS: undefined, bytes: undefined, cleanupPolicy: undefined };
  assert.deepEqual(shown(), { topics: 0, ...none, busiest: 0, sum: 0 });
  await topics();
  assert.deepEqual(shown(), { topics: 2, ...none, busiest: 0, sum: null });
  await ends(0);
  clock.advance(5_000);
  await ends(50);
  assert.deepEqual(shown(), { topics: 2, ...none, inPerS: 40, busiest: 2, sum: null });
  await sizes();
  assert.deepEqual(shown(), { topics: 2, inPerS: 40, bytes: 44, cleanupPolicy: undefined, busiest: 2, sum: 88 });
  await settings();
  assert.deepEqual(shown(), { topics: 2, inPerS: 40, bytes: 44, cleanupPolicy: "compact", busiest: 2, sum: 88 });
  assert.equal(watch.rows(), watch.rows(), "made once");
  assert.equal(watch.totals(), watch.totals(), "made once");
});

test("a small cluster is looked at whole each time", async () => {
  const { watch, clock, topics, ends } = watched(3);
  await topics();
  for (let i = 0; i < 3; i++) {
    assert.equal((await ends(i * 50)).asked.size, 3);
    clock.advance(5_000);
  }
  assert.equal(watch.throughput.perS, 120);
});

test("a topic that the cluster cannot tell of now stays as it was, and that is told", async () => {
  const { watch, timeline, topics, hide } = watched(3);
  await topics();
  hide("t1");
  await topics();
  assert.deepEqual([watch.size, watch.get("t1")?.description.partitions.length, watch.failure?.code], [3, 4, "LEADER_NOT_AVAILABLE"]);
  assert.deepEqual(timeline.newest(10), []);
  hide(undefined);
  await topics();
  assert.equal(watch.failure, undefined);
});

test("a leader that does not answer holds up its own partitions, is asked once a look, and is told", async () => {
  const { watch, topics, ends, silence } = watched(6_000);
  await topics();
  silence(1);
  const { calls } = await ends(7);
  assert.deepEqual(
    calls.toSorted((a, b) => a - b),
    [4_000, 4_000, 4_000, 4_000],
    "three calls to the one that answers, one to the other",
  );
  const places = [0, 1, 2, 3].map((partition) => watch.get("t5999")!.place(partition).endOffset);
  assert.deepEqual([places, watch.failure?.code], [[7, undefined, 7, undefined], "REQUEST_TIMED_OUT"]);
  silence(undefined);
  await topics();
  assert.equal(watch.failure, undefined);
});
