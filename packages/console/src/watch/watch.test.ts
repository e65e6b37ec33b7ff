import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { pageOf } from "./page-of.ts";
import { RequestBudget } from "./request-budget.ts";
import { Throughput } from "./throughput.ts";
import { TopicEvents } from "./topic-events.ts";

const query = { search: "", sort: "name", order: "ascending", page: 0, pageSize: 10 } as const;

test("a page is searched by all words, sorted with what is not known at the end, and cut", async () => {
  const rows = [
    { name: "orders.eu", size: 5 },
    { name: "orders.us", size: undefined },
    { name: "Orders.dead", size: 9 },
    { name: "payments", size: 1 },
  ];
  const ask = (changes: object) =>
    pageOf(
      new TimeSlice(new SimulatedClock()),
      rows,
      ({ name }) => name,
      (row, column) => row[column as "name" | "size"],
      { ...query, ...changes },
    );
  assert.deepEqual(
    (await ask({ search: "OR ers", sort: "size", order: "descending" })).rows.map(({ size }) => size),
    [9, 5, undefined],
  );
  assert.deepEqual(
    (await ask({ sort: "size" })).rows.map(({ size }) => size),
    [1, 5, 9, undefined],
  );
  const last = await ask({ page: 99, pageSize: 3 });
  assert.deepEqual([last.page, last.rows.length, last.found, last.total], [1, 1, 4, 4]);
});

test("a watch makes no more requests in a second than its budget, and makes way for a person", async () => {
  const clock = new SimulatedClock();
  const budget = new RequestBudget(clock, 20);
  const { signal } = new AbortController();
  let done = 0;
  const turns = Array.from({ length: 60 }, () => budget.turn(1, signal).then(() => done++));
  await clock.advanceAsync(1_000);
  assert.ok(done >= 20 && done <= 21, `${done} of 60 in the first second`);
  await clock.advanceAsync(2_000);
  await Promise.all(turns);
  budget.note(20);
  const late = budget.turn(1, signal).then(() => "late");
  assert.equal(await Promise.race([late, clock.advanceAsync(900).then(() => "held")]), "held");
  await clock.advanceAsync(200);
  assert.equal(await late, "late");
});

test("a rate is that of the last seconds, and begins again where a topic was made anew", () => {
  const rate = new Throughput(2);
  assert.equal(rate.perS, undefined);
  for (const [second, total] of [0, 100, 200, 1_200].entries()) rate.read(total, second * 5_000, second);
  assert.deepEqual([rate.perS, rate.points.length], [110, 2]);
  rate.read(3, 20_000, 4);
  assert.equal(rate.perS, undefined);
});

test("what changed between two looks is told, and a storm of leaders is summed up", () => {
  const topic = (name: string, leaders: readonly (number | undefined)[], isr: readonly number[] = [1, 2]) => ({
    name,
    topicId: name,
    internal: false,
    partitions: leaders.map((leader, partition) => ({
      partition,
      leader,
      leaderEpoch: 0,
      replicas: [1, 2],
      isr,
      offlineReplicas: [],
    })),
  });
  type Topic = ReturnType<typeof topic>;
  const kinds = (tell: (events: TopicEvents) => void) => {
    const events = new TopicEvents(1);
    tell(events);
    return events.all().map(({ kind }) => kind);
  };
  const changed = (before: Topic, after: Topic) => kinds((events) => events.changed(before, after));
  assert.deepEqual(
    kinds((events) => events.created(topic("a", [1]))),
    ["topicCreated"],
  );
  assert.deepEqual(
    kinds((events) => events.deleted("a")),
    ["topicDeleted"],
  );
  assert.deepEqual(changed(topic("a", [1]), topic("a", [2, 1], [2])), ["partitionsAdded", "leaderChanged", "isrShrank"]);
  assert.deepEqual(changed(topic("a", [1], [2]), topic("a", [undefined])), ["leaderLost", "isrGrew"]);
  const storm = new TopicEvents(1);
  const led = (leader: number) =>
    topic(
      "a",
      Array.from({ length: 5_000 }, () => leader),
    );
  storm.changed(led(1), led(2));
  const told = storm.all();
  assert.deepEqual([told.length, told.at(-1)?.subject], [21, "4980 more"]);
  assert.match(told.at(-1)!.what, /^Broker 2 leads a:20; before, broker 1 did\. And 4979 more like it\.$/);
});
