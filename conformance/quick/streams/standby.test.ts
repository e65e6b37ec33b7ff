import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { ApplicationOptions, RestoreProgress, StreamsApplication } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings, type Instance, isCountedOnce, startInstance } from "./known-answers.ts";
import { countsAre, wordCount } from "./word-count.ts";

/** Whose copies are how far, and what was read to make a task's stores. */
class Watched {
  readonly copies = new Map<string, RestoreProgress>();
  /** Partitions whose copy was given up, or became its task's stores. */
  readonly suspended = new Set<string>();
  restoredCount = 0;
  restores = 0;

  constructor(app: StreamsApplication) {
    app.onStandby((event, progress) => {
      const changelog = `${progress.topic} ${progress.partition}`;
      if (event === "suspended") {
        this.copies.delete(changelog);
        this.suspended.add(changelog);
      } else this.copies.set(changelog, progress);
    });
    app.onRestore((event, progress) => {
      if (event === "start") this.restores++;
      if (event === "end" || event === "suspended") this.restoredCount += progress.restoredCount;
    });
  }
}

async function endOf(kafka: Kafka, topic: string, partition: number): Promise<number> {
  const [listed] = await kafka
    .client()
    .admin()
    .listOffsets([{ topic, partition, spec: "latest" }]);
  return listed!.value!.offset!;
}

/** Waits until every partition's copy has all that is in its changelog. */
async function copiesAreThere(kafka: Kafka, topic: string, partitions: number, watched: readonly Watched[]): Promise<void> {
  await kafka.until(`copies of ${topic}`, async () => {
    for (let partition = 0; partition < partitions; partition++) {
      const copy = watched.flatMap(({ copies }) => copies.get(`${topic} ${partition}`) ?? []);
      if (copy.length !== 1 || copy[0]!.position < (await endOf(kafka, topic, partition))) return false;
    }
    return true;
  });
}

const lines = (count: number) => Array.from({ length: count }, (_, i) => ({ key: String(i), value: `a${i % 7} b${i % 5}` }));

function counted(lineCount: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { value } of lines(lineCount)) for (const word of value.split(" ")) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

for (const guarantee of ["atLeastOnce", "exactlyOnce"] as const) {
  for (const isPersistent of [false, true]) {
    test(`a copy becomes its task's stores, and only the rest is read: ${guarantee}, ${isPersistent ? "on the disk" : "in memory"}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "ottla-standby-"));
      try {
        await using kafka = await startKafka({ topics: { lines: 4, words: 1 }, settings: impatientSettings });
        const start = async (name: string): Promise<Instance & { readonly watched: Watched }> => {
          const options: Partial<ApplicationOptions> = isPersistent ? { stateDir: join(folder, name) } : {};
          let watched: Watched | undefined;
          const instance = await startInstance(
            kafka,
            wordCount({ persistent: isPersistent }),
            { applicationId: "copied", guarantee, numStandbyReplicas: 1, ...options },
            (app) => (watched = new Watched(app)),
          );
          return { ...instance, watched: watched! };
        };
        await using first = await start("1");
        await using second = await start("2");
        await kafka.group("copied").stable(2);
        await kafka.topic("lines").produce(lines(100));
        await countsAre(kafka, counted(100));
        await copiesAreThere(kafka, "copied-counts-changelog", 4, [first.watched, second.watched]);
        const before = second.watched.restores;
        await first.kill();
        await kafka.topic("lines").produce(lines(50));
        const expected = counted(100);
        for (const [word, count] of Object.entries(counted(50))) expected[word]! += count;
        const written = await countsAre(kafka, expected);
        if (guarantee === "exactlyOnce") assert.equal(isCountedOnce(written, new Map(Object.entries(expected))), undefined);
        assert.equal(second.watched.restores - before, 0, "stores were restored though their copies were there");
        assert.equal(second.watched.restoredCount, 0);
        assert.equal(second.watched.copies.size, 0, "an instance that is alone keeps copies of its own tasks");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
}

test("a copy on the disk is saved while it is kept: whoever has that folder after a kill reads nothing of it anew", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-copy-"));
  try {
    await using kafka = await startKafka({ topics: { lines: 4, words: 1 }, settings: impatientSettings });
    const topology = wordCount({ persistent: true });
    let jumpedMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + jumpedMs };
    const start = async (name: string, deps: { readonly clock?: Clock } = {}) => {
      const options = { applicationId: "saved", numStandbyReplicas: 1, stateDir: join(folder, name) };
      let watched: Watched | undefined;
      const instance = await startInstance(kafka, topology, options, (app) => (watched = new Watched(app)), [], deps);
      return { ...instance, watched: watched! };
    };
    const first = await start("1");
    const second = await start("2", { clock });
    await kafka.group("saved").stable(2);
    await kafka.topic("lines").produce(lines(100));
    await countsAre(kafka, counted(100));
    await copiesAreThere(kafka, "saved-counts-changelog", 4, [first.watched, second.watched]);
    await kafka.group("saved").lag().zero();
    const copies = [...second.watched.copies.values()].map(({ taskId }) => join(folder, "2", "saved", taskId, "data.mdb"));
    const written = () => copies.map((file) => readFileSync(file));
    const before = written();
    const isSaved = () => written().every((bytes, i) => !bytes.equals(before[i]!));
    assert.equal(isSaved(), false, "copies were saved before their time");
    jumpedMs = 11_000;
    await kafka.until("copies are saved", isSaved);
    // What a kill would leave.
    cpSync(join(folder, "2"), join(folder, "3"), { recursive: true });
    await first.kill();
    await second.kill();
    await using third = await start("3");
    assert.equal(third.watched.restoredCount, 0);
    await kafka.topic("lines").produce(lines(10));
    const expected = counted(100);
    for (const [word, count] of Object.entries(counted(10))) expected[word]! += count;
    await countsAre(kafka, expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("an instance that joins gets a copy first, and its tasks when that is there; no task stops for it", async () => {
  await using kafka = await startKafka({ topics: { lines: 4, words: 1 }, settings: impatientSettings });
  const options = { applicationId: "warmed", acceptableRecoveryLag: 0, maxWarmupReplicas: 1, probingRebalanceIntervalMs: 100 };
  await using first = await startInstance(kafka, wordCount(), options);
  await kafka.topic("lines").produce(lines(200));
  await countsAre(kafka, counted(200));
  let watched: Watched | undefined;
  await using _second = await startInstance(kafka, wordCount(), options, (app) => (watched = new Watched(app)));
  await kafka.until("two tasks that have state run in the second one", () => watched!.suspended.size >= 2);
  assert.equal(watched!.restoredCount, 0, "a task was restored that had a copy");
  assert.equal(first.app.state, "RUNNING");
  await kafka.topic("lines").produce(lines(100));
  const expected = counted(200);
  for (const [word, count] of Object.entries(counted(100))) expected[word]! += count;
  await countsAre(kafka, expected);
});

test("an instance that comes back with state on its disk has those tasks again, and reads nothing anew", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-dormant-"));
  try {
    await using kafka = await startKafka({ topics: { lines: 4, words: 1 }, settings: impatientSettings });
    const start = async (name: string): Promise<Instance & { readonly watched: Watched }> => {
      let watched: Watched | undefined;
      const options = {
        acceptableRecoveryLag: 0,
        maxWarmupReplicas: 1,
        probingRebalanceIntervalMs: 3_600_000,
        stateDir: join(folder, name),
      };
      const instance = await startInstance(
        kafka,
        wordCount({ persistent: true }),
        { applicationId: "back", ...options },
        (app) => (watched = new Watched(app)),
      );
      return { ...instance, watched: watched! };
    };
    const statefulTasks = async ({ app }: Instance): Promise<string[]> =>
      (await app.tasks()).filter(({ changelogs }) => changelogs.length > 0).map(({ taskId }) => taskId);
    const first = await start("1");
    await using second = await start("2");
    await kafka.group("back").stable(2);
    await kafka.topic("lines").produce(lines(300));
    await countsAre(kafka, counted(300));
    await kafka.group("back").lag().zero();
    const before = await kafka.until("both have two", async () => {
      const tasks = await statefulTasks(first);
      return tasks.length === 2 ? tasks : undefined;
    });
    await first.app.close();
    await kafka.until("the other has all", async () => (await statefulTasks(second)).length === 4);
    await using again = await start("1");
    const after = await kafka.until("it has tasks again", async () => {
      const tasks = await statefulTasks(again);
      return tasks.length === 2 ? tasks : undefined;
    });
    assert.deepEqual(after.sort(), before.sort());
    assert.equal(again.watched.restoredCount, 0);
    await kafka.topic("lines").produce(lines(300));
    await countsAre(kafka, Object.fromEntries(Object.entries(counted(300)).map(([word, count]) => [word, 2 * count])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
