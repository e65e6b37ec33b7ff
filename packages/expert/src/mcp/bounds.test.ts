import assert from "node:assert/strict";
import { test } from "node:test";
import { makePlan } from "../plan/make-plan.ts";
import { ANSWER_BYTES_MAX, boundedAnswer, pageOf, TEXT_CHARACTERS_MAX } from "./answer.ts";
import { PLAN_LIFETIME_MS, PLANS_MAX, PlanStore } from "../plan/plan-store.ts";

const plan = (i: number) => makePlan([], { clusterId: "c", nowMs: i });

test("a server keeps so many plans; the oldest that does not run goes, and none is forgotten while it runs", () => {
  const store = new PlanStore();
  const first = store.add(plan(0), 0);
  for (let i = 1; i < PLANS_MAX; i++) store.add(plan(i), 0);
  assert.equal(store.get(first.planId, 0), first);
  store.add(plan(PLANS_MAX), 0);
  assert.throws(() => store.get(first.planId, 0), { code: "UNKNOWN_PLAN" });
  assert.ok(store.all().length <= PLANS_MAX);
  for (const stored of store.all()) stored.state = "running";
  while (store.all().length < PLANS_MAX) store.add(plan(0), 0).state = "running";
  assert.throws(() => store.add(plan(1), 0), { code: "TOO_MANY_PLANS" });
});

test("a plan that waits for longer than its time has to be made again; one that was applied stays to be read", () => {
  const store = new PlanStore();
  const [waiting, done] = [store.add(plan(1), 0), store.add(plan(2), 0)];
  done.state = "done";
  assert.equal(store.get(waiting.planId, PLAN_LIFETIME_MS), waiting);
  assert.throws(() => store.get(waiting.planId, PLAN_LIFETIME_MS + 1), { code: "UNKNOWN_PLAN" });
  assert.equal(store.get(done.planId, PLAN_LIFETIME_MS + 1), done);
});

test("an answer at its bound stays whole, and one beyond loses the end of its longest list and says so", () => {
  const lines = (count: number) =>
    boundedAnswer({ data: { short: ["kept"], long: Array.from({ length: count }, (_, i) => `${i}`.padEnd(98, "x")) } });
  const fits = lines(300);
  assert.deepEqual([(fits["long"] as unknown[]).length, fits["notChecked"]], [300, []]);
  const cut = lines(400);
  assert.ok(Buffer.byteLength(JSON.stringify(cut)) <= ANSWER_BYTES_MAX);
  assert.deepEqual(cut["short"], ["kept"]);
  assert.match(String((cut["notChecked"] as string[])[0]), /^long: \d+ of 400 are left out/);
});

test("what is no list and too large is left out whole, and deep or odd values cost nothing", () => {
  const nested: Record<string, unknown> = {};
  let at = nested;
  for (let i = 0; i < 10_000; i++) at = at["in"] = {} as Record<string, unknown>;
  const answer = boundedAnswer({ data: { nested, big: 10n ** 30n, none: Number.NaN, endless: Number.POSITIVE_INFINITY } });
  assert.deepEqual([answer["big"], answer["none"], answer["endless"]], [`1${"0".repeat(30)}`, null, null]);
  const many = boundedAnswer({ data: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, "x".repeat(20)])) });
  assert.deepEqual(Object.keys(many), ["notChecked"]);
  const long = boundedAnswer({ data: { text: "y".repeat(TEXT_CHARACTERS_MAX + 5) } });
  assert.equal(long["text"], `${"y".repeat(TEXT_CHARACTERS_MAX)}… (5 more characters)`);
});

test("pages go on behind the last name, whatever comes and goes", () => {
  const names = ["b", "a", "d", "c"];
  const first = pageOf(names, String, { limit: 2 });
  assert.deepEqual(first, { items: ["a", "b"], total: 4, nextCursor: "b" });
  assert.deepEqual(pageOf([...names, "aa"], String, { cursor: "b", limit: 5 }).items, ["c", "d"]);
  assert.deepEqual(pageOf(names, String, { cursor: "d", limit: 2 }), { items: [], total: 4 });
});

test("a list inside an answer is cut where no answer could hold it, and says so; what lies behind is not even looked at", () => {
  let asked = 0;
  const element = (i: number) =>
    Object.defineProperty({}, "partition", { enumerable: true, get: () => (asked++, `${i}`.padEnd(90, "x")) }) as unknown;
  const answer = boundedAnswer({ data: { topic: { name: "orders", partitions: Array.from({ length: 100_000 }, (_, i) => element(i)) } } });
  assert.ok(asked < 1000, `${asked} elements were looked at`);
  assert.match(String((answer["notChecked"] as string[]).join()), /topic\.partitions: \d+ of 100000 are left out|ask for less/);
});

test("of many gaps the first are told and how many there are, and what was seen stays", () => {
  const gaps = Array.from({ length: 5000 }, (_, i) => `group ${i}: ${"not permitted ".repeat(50)}`);
  const answer = boundedAnswer({ data: { groups: ["billing"] }, notChecked: gaps });
  const told = answer["notChecked"] as string[];
  assert.deepEqual([answer["groups"], told.length, told.at(-1)], [["billing"], 51, "and 4950 more that were not looked at"]);
  assert.ok(Buffer.byteLength(JSON.stringify(answer)) <= ANSWER_BYTES_MAX);
});
