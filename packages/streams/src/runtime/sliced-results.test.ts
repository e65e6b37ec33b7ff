import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import type { KStream } from "../dsl/k-stream.ts";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { hopping, session, sliding, tumbling } from "../dsl/windows.ts";
import type { FixedKeyProcessor, FixedKeyProcessorContext, FixedKeyRecord, Processor, ProcessorContext } from "../processor/processor.ts";
import { noHeaders, type StreamRecord, type Windowed } from "../record.ts";
import { serdes } from "../serdes/serdes.ts";
import type { KeyValueStore } from "../stores/store.ts";
import { stores } from "../stores/stores.ts";
import { RecordCache } from "../stores/cache/record-cache.ts";
import type { PartitionProgress } from "../stores/persistent/task-state.ts";
import type { Topology } from "../topology/topology.ts";
import { Task } from "./task.ts";

const firstSeed = testSeed();
const CASES = Number(process.env["OTTLA_CASES"] ?? 12);
const RECORDS = 120;
const texts = { key: serdes.string, value: serdes.string };

type Texts = KStream<string, string, true, true>;

/** Counts how many records came, and tells it as stream time goes on. */
class Teller implements Processor<string, string, string, string> {
  #count = 0;
  #context: ProcessorContext<string, string> | undefined;
  readonly #aheadMs: number;

  /** What it tells is so much ahead of the time at which it does. */
  constructor(aheadMs = 0) {
    this.#aheadMs = aheadMs;
  }

  init(context: ProcessorContext<string, string>): void {
    this.#context = context;
    const tell = (timestamp: number): void =>
      context.forward({ key: "told", value: `${this.#count}`, timestamp: timestamp + this.#aheadMs, headers: noHeaders });
    context.schedule(7, "streamTime", tell, 7);
    context.schedule(11, "streamTime", tell, 11);
  }

  process(record: StreamRecord<string, string>): void {
    this.#count++;
    this.#context?.forward(record);
  }
}

/** Gives the last record once more, a second later, as stream time goes on. */
class Jumper implements FixedKeyProcessor<string, string, string> {
  #context: FixedKeyProcessorContext<string, string> | undefined;
  #last: FixedKeyRecord<string, string> | undefined;

  init(context: FixedKeyProcessorContext<string, string>): void {
    this.#context = context;
    const jump = (timestamp: number): void => {
      if (this.#last !== undefined) context.forward(this.#last.withTimestamp(timestamp + 1_000));
    };
    context.schedule(7, "streamTime", jump, 7);
  }

  process(record: FixedKeyRecord<string, string>): void {
    this.#last = record;
    this.#context?.forward(record);
  }
}

/** Folds into windows and lets the results go many at a time, beside branches that write the same topic before and after them. */
function topologyOf(random: SeededRandom): Topology {
  const b = new StreamsBuilder();
  const other = b.stream("other", texts);
  const own = b.stream("in", texts);
  let input: Texts = random.chance(0.5) ? own : own.flatMapValues((value) => [value, `${value}'`, `${value}"`]);
  const aheadMs = random.chance(0.5) ? 40 : 0;
  if (random.chance(0.2)) input = input.flatMapValues((value) => (value.startsWith("7") ? copies("", 33 + (value.length % 3)) : [value]));
  if (random.chance(0.2)) {
    input = input.flatMap(function* (value, key): Generator<[string, string]> {
      yield [key, value];
      yield [`${key}+`, value];
    }, texts);
  }
  if (random.chance(0.2)) input = input.processValues<string>(() => new Jumper()).mapValues((value) => value, texts);
  if (random.chance(0.4)) input = input.process<string, string>(() => new Teller(aheadMs)).mapValues((value) => value, texts);
  if (random.chance(0.7)) input.mapValues((value) => `before ${value}`).to("out", texts);
  const graceMs = random.nextInt(8);
  const grouped = input.groupByKey(texts);
  const kind = random.nextInt(4);
  const windowed =
    kind === 0
      ? grouped.windowedBy(tumbling({ sizeMs: 10, graceMs }))
      : kind === 1
        ? grouped.windowedBy(hopping({ sizeMs: 12, advanceMs: 4, graceMs }))
        : kind === 2
          ? grouped.windowedBy(sliding({ differenceMs: 6, graceMs }))
          : undefined;
  const emits = random.chance(0.5);
  const store = { caching: random.chance(0.3) };
  const join = (one: string, two: string): string => one + two;
  const folded =
    windowed === undefined
      ? (emits
          ? grouped.windowedBy(session({ gapMs: 5, graceMs })).emit("onClose")
          : grouped.windowedBy(session({ gapMs: 5, graceMs }))
        ).aggregate(() => "", join, join, { value: serdes.string, store })
      : (emits ? windowed.emit("onClose") : windowed).aggregate(() => "", join, { value: serdes.string, store });
  const held = emits ? folded : folded.suppress({ until: "windowCloses" });
  const twice = random.chance(0.4) ? held.suppress({ until: "timeLimit", limitMs: random.nextInt(20), maxRecords: 30 }) : held;
  const named = ({ key, window: { startMs, endMs } }: Windowed<string>): string => `${key} ${startMs} ${endMs}`;
  const given = twice.toStream().map((value, key): [string, string] => [named(key), String(value)]);
  // Its punctuators tell how many results have come so far.
  const results = random.chance(0.5) ? given.process<string, string>(() => new Teller()) : given;
  results.to("out", texts);
  if (random.chance(0.5)) results.mapValues((value) => `twice ${value}`).to("out", texts);
  if (random.chance(0.5)) input.mapValues((value) => `after ${value}`).to("out", texts);
  if (random.chance(0.5)) {
    const joinOptions = { beforeMs: 3, afterMs: 3, graceMs: random.nextInt(10), ...texts, otherValue: serdes.string };
    input.outerJoin(other, (left, right) => `${left}/${right}`, joinOptions).to("out", texts);
  }
  // All have one key of three, so that a record has many partners.
  const crowded = { beforeMs: 50, afterMs: 50, graceMs: random.nextInt(10), ...texts, otherValue: serdes.string };
  const crowd = (stream: Texts): Texts => stream.selectKey((value) => `k${value.length % 3}`, texts);
  if (random.chance(0.4)) {
    const joined = crowd(own).leftJoin(crowd(other), (left, right) => `${left}+${right}`, crowded);
    joined.to("out", texts);
    // What is joined once more writes below what was joined.
    if (random.chance(0.5))
      joined
        .groupByKey(texts)
        .count({ store: { name: "joined", caching: random.chance(0.5) } })
        .toStream()
        .mapValues(String, texts)
        .to("out", texts);
  }
  if (random.chance(0.3)) {
    const one = crowd(own);
    one.join(one, (left, right) => `${left}&${right}`, crowded).to("out", texts);
  }
  if (random.chance(0.3)) {
    // A table joined with one that was made of it.
    const table = own.toTable({ ...texts, store: "table" });
    const longer = table.filter((value) => value.length > 2);
    table
      .leftJoin(longer, (value, long) => `${value} ${long}`, { value: serdes.string })
      .toStream()
      .flatMapValues((value) => copies(value, 34))
      .to("out", texts);
  }
  if (random.chance(0.3)) input.process(() => new Teller()).to("out", texts);
  return b.build({ optimization: random.chance(0.5) ? ["single.store.self.join"] : "none" });
}

const copies = (value: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${value}${i % 10}`);

interface Written {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: number | null;
}

interface Input {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
}

type Blow = "commit" | "kill" | "revoke";

/** After each record that is taken: what happens, and in which of the record's slices. */
interface Turn {
  readonly blow: Blow | undefined;
  readonly slice: number;
  readonly clockMs: number;
}

/** A task on a log that keeps what was committed, and what becomes of it under blows. */
class Scene {
  readonly committed: Written[] = [];
  sliceCount = 0;
  readonly #topology: Topology;
  readonly #inputs: readonly Input[];
  readonly #stepsPerSlice: number | undefined;
  readonly #offsets = new Map<string, PartitionProgress>();
  #numbers: ReadonlyMap<string, number> = new Map();
  #written: Written[] = [];
  readonly #cacheBytes: number;
  #nowMs = 0;
  #fed = 0;
  #task: Task;

  /** Without bounds a cache gives on at a commit only. */
  constructor(topology: Topology, inputs: readonly Input[], stepsPerSlice: number | undefined, cacheBytes = Number.POSITIVE_INFINITY) {
    this.#topology = topology;
    this.#inputs = inputs;
    this.#stepsPerSlice = stepsPerSlice;
    this.#cacheBytes = cacheBytes;
    this.#task = this.#open();
  }

  run(turns: readonly Turn[]): void {
    for (const { blow, slice, clockMs } of turns) {
      this.#nowMs += clockMs;
      this.#feed();
      if (!this.#task.processNext()) break;
      for (let i = 0; this.#task.isFanningOut && (blow === undefined || i < slice); i++) this.#fanOut();
      if (blow === "commit") this.#commit();
      if (blow === "revoke") {
        this.#commit();
        this.#reopen();
      }
      if (blow === "kill") this.#reopen();
    }
    this.#commit();
  }

  close(): void {
    this.#task.close();
  }

  /** A cache's last changes go on to topics that the task reads. */
  settle(): void {
    for (let isMore = true; isMore; this.#commit()) {
      isMore = false;
      for (this.#feed(); this.#task.processNext(); this.#feed()) {
        this.#drain();
        isMore = true;
      }
    }
  }

  /** What it wrote to topics that it reads comes back, with its place in the whole log as offset. */
  #feed(): void {
    for (const all = this.committed.length + this.#written.length; this.#fed < all; this.#fed++) {
      const { topic, key, value, timestamp } = this.committed[this.#fed] ?? this.#written[this.#fed - this.committed.length]!;
      if (!this.#task.reads(topic) || this.#fed < (this.#offsets.get(topic)?.offset ?? 0)) continue;
      this.#task.add({ topic, partition: 0, offset: this.#fed, timestamp: timestamp ?? 0, key, value, headers: noHeaders });
    }
  }

  #fanOut(): void {
    this.sliceCount++;
    this.#task.fanOut();
  }

  #drain(): void {
    while (this.#task.isFanningOut) this.#fanOut();
  }

  #commit(): void {
    this.#drain();
    this.#task.flush();
    this.#drain();
    const { progress, numbers } = this.#task.prepareCommit();
    for (const each of progress) this.#offsets.set(each.topic, each);
    this.#numbers = new Map(numbers);
    for (const each of this.#written.splice(0)) this.committed.push(each);
  }

  #reopen(): void {
    this.#task.close();
    this.#written = [];
    this.#fed = 0;
    this.#task = this.#open();
  }

  #open(): Task {
    const { builder } = this.#topology;
    const task = new Task({
      applicationId: "app",
      taskId: "0_0",
      partition: 0,
      topology: builder,
      nodes: builder.nodeGroups().flat(),
      globalStores: new Map(),
      flushesAtCommit: true,
      isRestoredFromChangelogs: true,
      stepsPerSlice: this.#stepsPerSlice,
      emitIntervalMs: 3,
      cache: new RecordCache(this.#cacheBytes),
      committed: {
        offset: (topic) => this.#offsets.get(topic)?.offset,
        partitionTimeMs: (topic) => this.#offsets.get(topic)?.timeMs ?? -1,
        numbers: () => new Map(this.#numbers),
        commit() {},
      },
      collector: {
        send: (topic, _partition, key, value, timestamp) => {
          const copy = (bytes: Uint8Array | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));
          this.#written.push({ topic, key: copy(key), value: copy(value), timestamp });
        },
        partitionsOf: () => 1,
      },
      systemTimeMs: () => this.#nowMs,
    });
    for (const { topic, key, value, timestamp } of this.committed) {
      const name = /^app-(.*)-changelog$/.exec(topic)?.[1];
      if (name !== undefined) task.stores.get(name)?.restore(key ?? Buffer.alloc(0), value, timestamp ?? 0);
    }
    for (const [index, { topic, key, value, timestamp }] of this.#inputs.entries()) {
      if (index < (this.#offsets.get(topic)?.offset ?? 0)) continue;
      task.add({ topic, partition: 0, offset: index, timestamp, key: Buffer.from(key), value: Buffer.from(value), headers: noHeaders });
    }
    return task;
  }
}

function byTopic(written: readonly Written[]): Record<string, string[]> {
  const topics: Record<string, string[]> = {};
  for (const { topic, key, value, timestamp } of written)
    (topics[topic] ??= []).push(`${key?.toString("latin1")} ${value?.toString("latin1")} ${timestamp}`);
  return topics;
}

test("in slices of any size, stopped in the middle of one by commits, kills and revocations, each topic has the records of single calls", (t) => {
  t.diagnostic(`OTTLA_TEST_SEED=${firstSeed}`);
  let sliceCount = 0;
  for (let seed = firstSeed; seed < firstSeed + CASES; seed++) {
    const random = new SeededRandom(seed);
    let timeMs = 100;
    const inputs = Array.from({ length: RECORDS }, (_, index): Input => {
      timeMs += random.chance(0.1) ? random.nextInt(60) : random.nextInt(3);
      return {
        topic: random.chance(0.8) ? "in" : "other",
        key: `k${random.nextInt(12)}`,
        value: `${index} `,
        timestamp: Math.max(0, timeMs - random.nextInt(6)),
      };
    });
    const blows = random.chance(0.8) ? 0.15 : 0;
    const turns = Array.from({ length: 4 * RECORDS }, (): Turn => {
      const blow = (["commit", "kill", "revoke"] as const)[random.nextInt(3)];
      return { blow: random.chance(blows) ? blow : undefined, slice: random.nextInt(5), clockMs: random.nextInt(3) };
    });
    const whole = new Scene(topologyOf(new SeededRandom(seed)), inputs, undefined);
    const sliced = new Scene(topologyOf(new SeededRandom(seed)), inputs, 1 + random.nextInt(4));
    for (const scene of [whole, sliced]) {
      scene.run(turns);
      scene.close();
    }
    assert.deepEqual(byTopic(sliced.committed), byTopic(whole.committed), `OTTLA_TEST_SEED=${seed}`);
    sliceCount += sliced.sliceCount;
  }
  assert.ok(sliceCount > CASES, "there was something to slice");
});

test("what a full cache gives up in slices leaves stores and joins as they are without a cache, whatever stops the task between, and of each key the last change goes on", (t) => {
  t.diagnostic(`OTTLA_TEST_SEED=${firstSeed}`);
  let sliceCount = 0;
  for (let seed = firstSeed; seed < firstSeed + CASES; seed++) {
    const random = new SeededRandom(seed);
    const inputs = Array.from({ length: 2 * RECORDS }, (_, index): Input => {
      const value = random.chance(0.2) ? "" : `${index}`;
      return { topic: random.chance(0.7) ? "in" : "other", key: `k${random.nextInt(40)}`, value, timestamp: 100 + index };
    });
    const turns = Array.from({ length: 10 * RECORDS }, (): Turn => {
      const blow = (["commit", "kill", "revoke"] as const)[random.nextInt(3)];
      return { blow: random.chance(0.05) ? blow : undefined, slice: random.nextInt(5), clockMs: random.nextInt(3) };
    });
    const topology = (): Topology => {
      const b = new StreamsBuilder();
      // An empty text deletes.
      const table = b
        .stream("in", texts)
        .mapValues((value) => (value === "" ? null : value) as string, texts)
        .toTable({ ...texts, store: "table" });
      const counts = table.groupBy((value, key) => [value.slice(0, 1), key], texts).count({ store: "counts" });
      const shown = table.leftJoin(counts.mapValues(String, { value: serdes.string }), (value, count) => `${value} ${count}`, {
        value: serdes.string,
      });
      shown.toStream().to("shown", texts);
      counts.toStream().mapValues(String, texts).to("counted", texts);
      const windows = b
        .stream("in", texts)
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 30, graceMs: 0 }))
        .count({ store: "windows" });
      windows
        .toStream()
        .selectKey((_value, { key, window }) => `${key} ${window.startMs}`, texts)
        .mapValues(String, texts)
        .to("windowed", texts);
      b.stream("other", texts)
        .leftJoin(table, (value, now) => `${value} ${now}`)
        .to("joined", texts);
      return b.build();
    };
    const plain = new Scene(topology(), inputs, undefined, 0);
    const cached = new Scene(topology(), inputs, 1 + random.nextInt(4), 300 + random.nextInt(3_000));
    for (const scene of [plain, cached]) {
      scene.run(turns);
      scene.settle();
      scene.close();
    }
    assert.deepEqual(byTopic(cached.committed)["joined"], byTopic(plain.committed)["joined"], `OTTLA_TEST_SEED=${seed}`);
    for (const topic of ["app-table-changelog", "app-counts-changelog", "app-windows-changelog", "windowed", "counted"])
      assert.deepEqual(lastOf(cached.committed, topic), lastOf(plain.committed, topic), `${topic}, OTTLA_TEST_SEED=${seed}`);
    sliceCount += cached.sliceCount;
  }
  assert.ok(sliceCount > CASES, "there was something to slice");
});

/** The last value of each key of a topic, in hexadecimal digits; of what was deleted there is nothing, nor of a count of 0: what came and went within a cache was never counted. */
function lastOf(written: readonly Written[], topic: string): Record<string, string> {
  const last = new Map<string, string>();
  for (const { key, value } of written.filter((each) => each.topic === topic)) {
    const name = key?.toString("hex") ?? "";
    if (value === null || value.every((byte) => byte === 0) || value.toString() === "0") last.delete(name);
    else last.set(name, value.toString("hex"));
  }
  return Object.fromEntries([...last].sort(([one], [other]) => (one < other ? -1 : 1)));
}

test("what a punctuator lets go is done before the next punctuator is called", () => {
  const outcomes = [undefined, 1].map((stepsPerSlice) => {
    const b = new StreamsBuilder();
    b.stream("in", texts)
      .processValues<string>(() => new Jumper())
      .groupByKey(texts)
      .windowedBy(tumbling({ sizeMs: 100, graceMs: 0 }))
      .emit("onClose")
      .reduce((one, two) => one + two)
      .toStream()
      .map((value, { key }): [string, string] => [key, value])
      .process<string, string>(() => new Teller())
      .to("out", texts);
    const inputs = Array.from({ length: 20 }, (_, i): Input => ({ topic: "in", key: `k${i}`, value: `${i}`, timestamp: i === 19 ? 8 : 1 }));
    const scene = new Scene(b.build(), inputs, stepsPerSlice);
    scene.run([...inputs, ...inputs, ...inputs].map(() => ({ blow: undefined, slice: 0, clockMs: 5 })));
    scene.close();
    return byTopic(scene.committed)["out"];
  });
  assert.ok(
    outcomes[0]?.some((line) => line.startsWith("told 2")),
    "the second punctuator sees what the first let go",
  );
  assert.deepEqual(outcomes[1], outcomes[0]);
});

test("what waits for a fan-out may be any number of records", () => {
  const outcomes = [undefined, 1].map((stepsPerSlice) => {
    const b = new StreamsBuilder();
    const input = b.stream("in", texts);
    input
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
      .emit("onClose")
      .reduce((one, two) => one + two)
      .toStream()
      .map((value, { key }): [string, string] => [key, value])
      .to("out", texts);
    input.flatMapValues((value) => (value === "many" ? Array.from({ length: 200_000 }, (_, i) => `${i}`) : [])).to("out", texts);
    const inputs = [1, 2, 3, 50].map((timestamp, i): Input => ({ topic: "in", key: `k${i}`, value: i === 3 ? "many" : "one", timestamp }));
    const scene = new Scene(b.build(), inputs, stepsPerSlice);
    scene.run(inputs.map(() => ({ blow: undefined, slice: 0, clockMs: 5 })));
    scene.close();
    return byTopic(scene.committed)["out"];
  });
  assert.equal(outcomes[0]?.length, 200_003);
  assert.deepEqual(outcomes[1], outcomes[0]);
});

test("what many caches give on is done in slices, however little each of them has", () => {
  const [STORES, KEYS, STEPS] = [40, 3, 8];
  const [whole, sliced] = [undefined, STEPS].map((stepsPerSlice) => {
    const b = new StreamsBuilder();
    const input = b.stream("in", texts);
    for (let i = 0; i < STORES; i++) {
      const counted = input.groupByKey(texts).count({ store: { name: `counts-${i}`, caching: true } });
      counted.toStream().mapValues(String, { value: serdes.string }).to("out", texts);
    }
    const inputs = Array.from({ length: KEYS }, (_, i): Input => ({ topic: "in", key: `k${i}`, value: "v", timestamp: i }));
    const scene = new Scene(b.build(), inputs, stepsPerSlice);
    scene.run(inputs.map(() => ({ blow: undefined, slice: 0, clockMs: 5 })));
    scene.close();
    return scene;
  });
  assert.equal(whole?.committed.filter(({ topic }) => topic === "out").length, STORES * KEYS);
  assert.deepEqual(byTopic(sliced!.committed), byTopic(whole?.committed ?? []));
  const slices = (STORES * KEYS) / STEPS;
  assert.ok(sliced!.sliceCount >= slices * 0.7 && sliced!.sliceCount <= slices * 2, `${sliced!.sliceCount} slices`);
});

test("a store that was there before those whose caches give on into it is written by the same commit, however much that is", () => {
  const KEYS = 100;
  const b = new StreamsBuilder();
  b.addStateStore(stores.keyValue({ name: "seen", ...texts, caching: true }));
  b.stream("in", texts)
    .groupByKey(texts)
    .count({ store: { name: "counts", caching: true } })
    .toStream()
    .mapValues(String, { value: serdes.string })
    .processValues<string>(
      () => {
        let seen: KeyValueStore<string, string>;
        return {
          init: (context) => void (seen = context.stateStore<KeyValueStore<string, string>>("seen")),
          process: ({ key, value }) => seen.put(key, value),
        };
      },
      { stores: ["seen"] },
    );
  const inputs = Array.from({ length: KEYS }, (_, i): Input => ({ topic: "in", key: `k${i}`, value: "v", timestamp: i }));
  const scene = new Scene(b.build(), inputs, 8);
  scene.run(inputs.map(() => ({ blow: undefined, slice: 0, clockMs: 5 })));
  scene.close();
  assert.equal(scene.committed.filter(({ topic }) => topic === "app-seen-changelog").length, KEYS);
});

test("a flush that is left off in the middle is half done, and a task that is closed then lets go of what it walks through", () => {
  const b = new StreamsBuilder();
  const input = b.stream("in", texts);
  for (let i = 0; i < 3; i++) input.groupByKey(texts).count({ store: { name: `counts-${i}`, caching: true } });
  let closed = 0;
  input
    .flatMapValues(function* (value): Generator<string> {
      try {
        for (let i = 0; value === "many" && i < 100; i++) yield `${i}`;
      } finally {
        closed++;
      }
    })
    .to("out", texts);
  const task = (value: string): Task => {
    const { builder } = b.build();
    const made = new Task({
      applicationId: "app",
      taskId: "0_0",
      partition: 0,
      topology: builder,
      nodes: builder.nodeGroups().flat(),
      globalStores: new Map(),
      flushesAtCommit: true,
      stepsPerSlice: 1,
      cache: new RecordCache(Number.POSITIVE_INFINITY),
      collector: { send() {}, partitionsOf: () => 1 },
      systemTimeMs: () => 0,
    });
    made.add({ topic: "in", partition: 0, offset: 0, timestamp: 0, key: Buffer.from("k"), value: Buffer.from(value), headers: noHeaders });
    made.processNext();
    return made;
  };
  const flushing = task("one");
  flushing.flush();
  assert.deepEqual([flushing.isFanningOut, flushing.isHalfDone], [true, true]);
  flushing.close();
  closed = 0;
  const walking = task("many");
  assert.deepEqual([walking.isFanningOut, closed], [true, 0]);
  walking.close();
  assert.deepEqual([walking.isFanningOut, closed], [false, 1]);
});
