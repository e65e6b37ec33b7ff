import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, TimeSlice } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import type { Admin, TopicDescription } from "@ottla/client";
import { lookNow } from "./look.ts";
import { pageOf } from "./page-of.ts";
import { RequestBudget } from "./request-budget.ts";
import { Timeline } from "./timeline.ts";
import { TopicWatch } from "./topic-watch.ts";
import { topicTree } from "./topic-tree.ts";

const TOPICS = 20_000;
/** What is done between two looks at the time is bounded, however many topics there are, and two looks are a slice. */
const TOUCHED_IN_A_TURN_MAX = TOPICS / 2;

/** A clock on which each look at it takes a while, that counts what is touched between two turns of the loop. */
class CountingClock implements Clock {
  readonly #simulated = new SimulatedClock();
  #looks = 0;
  #touched = 0;
  /** Of all turns until now. */
  most = 0;

  touch(): void {
    this.most = Math.max(this.most, ++this.#touched);
  }

  nowMs(): number {
    return this.#simulated.nowMs();
  }

  monotonicMs(): number {
    return this.#simulated.monotonicMs() + ++this.#looks * 3;
  }

  schedule(delayMs: number, run: () => void) {
    return this.#simulated.schedule(delayMs, run);
  }

  /** Called at the end of each turn. */
  onTurn: () => void = () => {};

  nextTurn(run: () => void): void {
    // Nothing else waits for the loop.
    queueMicrotask(() => {
      this.#touched = 0;
      this.onTurn();
      run();
    });
  }
}

/** A cluster of so many topics of one partition, whose descriptions count how often they are looked into. */
function largeCluster() {
  const clock = new CountingClock();
  const names = Array.from({ length: TOPICS }, (_, i) => `${["orders", "payments"][i % 2]}.v${String(i).padStart(6, "0")}`).sort();
  let leader = 0;
  let end = 0;
  const describe = (name: string): TopicDescription => {
    const list = [leader];
    const partitions = [{ partition: 0, leader, leaderEpoch: leader, replicas: list, isr: list, offlineReplicas: [] }];
    return {
      name,
      topicId: name,
      internal: false,
      get partitions() {
        clock.touch();
        return partitions;
      },
    };
  };
  const answer = <Value>(list: readonly Value[]): Promise<readonly Value[]> => Promise.resolve(list);
  const admin = {
    describeTopics: () => answer(names.map((name) => ({ name, value: describe(name), error: undefined }))),
    listOffsets: (queries: readonly object[]) => answer(queries.map((query) => ({ ...query, error: undefined, value: { offset: end } }))),
    describeLogDirs: () =>
      answer([
        {
          nodeId: 0,
          error: undefined,
          value: [
            {
              partitions: names.map((topic) => ({
                topic,
                partition: 0,
                isFuture: false,
                get sizeBytes() {
                  clock.touch();
                  return 10 + end;
                },
              })),
            },
          ],
        },
      ]),
    describeConfigs: (resources: readonly { readonly name: string }[]) =>
      answer(resources.map(({ name }) => ({ name, error: undefined, value: [{ name: "cleanup.policy", value: "compact" }] }))),
  } as unknown as Admin;
  const timeline = new Timeline();
  const watch = new TopicWatch(timeline);
  const look = () => lookNow(admin, clock, new RequestBudget(clock, Number.POSITIVE_INFINITY), new AbortController().signal);
  /** What the work touches in its longest turn. The rows are asked for behind it, as a page does. */
  const mostIn = async (work: () => Promise<unknown>): Promise<number> => {
    clock.most = 0;
    await new Promise<void>((resolve) => clock.nextTurn(resolve));
    await work();
    watch.rows();
    return clock.most;
  };
  return {
    clock,
    watch,
    timeline,
    mostIn,
    topics: () => watch.lookAtTopics(look()),
    ends: () => watch.lookAtEnds(look(), true),
    sizes: () => watch.lookAtSizes(look(), [0]),
    settings: () => watch.lookAtSettings(look()),
    change: () => ([leader, end] = [leader + 1, end + 10]),
  };
}

test("no look at very many topics, and no list of them, has them all in one turn of the loop", async () => {
  const { clock, watch, timeline, mostIn, change, ...looks } = largeCluster();
  const most: Record<string, number> = {};
  for (const round of ["first", "changed"]) {
    for (const [part, look] of Object.entries(looks)) most[`${part}, ${round}`] = await mostIn(look);
    change();
  }
  assert.deepEqual([watch.size, watch.partitionCount, watch.totals().partitions], [TOPICS, TOPICS, TOPICS]);
  assert.deepEqual(
    timeline.newest(3).map(({ subject }) => subject),
    [`${TOPICS - 20} more`, "orders.v000038:0", "orders.v000036:0"],
  );
  const rows = watch.rows().map((row, i) => ({
    ...row,
    bytes: (i * 7919) % TOPICS,
    get name() {
      clock.touch();
      return row.name;
    },
  }));
  const query = { search: "V0 ord", sort: "bytes", order: "descending", page: 3, pageSize: 50 } as const;
  const page = async () =>
    pageOf(
      new TimeSlice(clock),
      rows,
      ({ name }) => name,
      ({ bytes }) => bytes,
      query,
    );
  most["page"] = await mostIn(page);
  assert.equal((await page()).found, TOPICS / 2);
  const tree = () => topicTree(new TimeSlice(clock), rows, { separator: undefined, search: "", open: new Set() });
  most["tree"] = await mostIn(tree);
  assert.deepEqual(
    (await tree()).lines.map(({ label, topics }) => [label, topics]),
    [
      ["orders.", TOPICS / 2],
      ["payments.", TOPICS / 2],
    ],
  );
  for (const [work, touched] of Object.entries(most)) assert.ok(touched < TOUCHED_IN_A_TURN_MAX, `${work}: ${JSON.stringify(most)}`);
});

test("while very many topics are looked at for the first time there is a part of them, which is no look", async () => {
  const { clock, watch, topics } = largeCluster();
  const parts: number[] = [];
  clock.onTurn = () => {
    if (watch.seenAtMs === undefined && parts.length < 20) parts.push(watch.rows().length, watch.totals().partitions);
  };
  await topics();
  clock.onTurn = () => {};
  assert.ok(
    parts.length === 20 && parts.every((count, i) => count < TOPICS && count >= (parts[i - 2] ?? 0)) && parts.at(-1)! > 0,
    `${parts}`,
  );
  assert.deepEqual([watch.rows().length, watch.totals().partitions], [TOPICS, TOPICS]);
});
