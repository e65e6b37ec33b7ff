import type { ConnectorProperties } from "../plugin/read-config.ts";
import type { SourceEvent } from "../plugin/source-plugin.ts";
import { type ConnectorCheck, fail } from "./connector-check.ts";
import { checkRefusal, checkSettings } from "./setting-checks.ts";
import { type AnySource, DurableOffsets, type ReadItem, SourceRun } from "./source-run.ts";
import { awake, passed, within } from "./within.ts";

/** A system that a source reads, made for one check. */
export interface SourceStage extends Partial<AsyncDisposable> {
  /** The connector's properties for it. */
  readonly properties: ConnectorProperties;
  /** Adds so many things to read; what {@link SourceSubject.identityOf} says of their records, in their order. */
  add(count: number): Promise<readonly string[]>;
  /** How many things the system has handed out; where one can tell, it is seen whether the source reads ahead. */
  handedOut?(): number;
}

/** A source, and how it is given something to read. */
export interface SourceSubject {
  readonly plugin: AnySource;
  /** A system with nothing in it. */
  makeStage(): Promise<SourceStage>;
  /** What tells a record from all others. */
  identityOf(event: SourceEvent): string;
  /** Properties that cannot be used: a host where nobody is, a wrong password. */
  readonly unusable?: ConnectorProperties | undefined;
  /** `tasks.max`. Default 4; 1 where tasks share what is read and no order holds between them. */
  readonly tasksMax?: number | undefined;
  /** The system keeps nothing for a reader that is not there: `add` waits until one listens, and nothing is asked of going on behind a stop. Default false. */
  readonly isAtMostOnce?: boolean | undefined;
  /** Default 5000, what a worker waits for. */
  readonly stopWithinMs?: number | undefined;
  /** Nothing more comes where nothing came for so long; what is due is waited for ten times as long. Default 1000. */
  readonly quietMs?: number | undefined;
}

const RECORDS = 60;
const MANY = 5000;
/** How many times longer is waited for what is due than for what should not come. */
const PATIENCE = 10;
/** So many records were read, and so many of them are durable, when it is stopped or killed. */
const PLACES: readonly (readonly [readBefore: number, durable: number])[] = [
  [1, 1],
  [7, 3],
  [30, 15],
  [30, 30],
  [RECORDS - 1, 0],
];

/** What every source must do, each a test of its own. */
export function sourceChecks(subject: SourceSubject): readonly ConnectorCheck[] {
  const { plugin, unusable } = subject;
  const checks = new SourceChecks(subject);
  const kept: readonly (readonly [string, () => Promise<void>])[] = [
    ["everything is read, once and in its order, as records that can be written", () => checks.readsAll()],
    ["after a stop it goes on behind the last durable offset, with nothing lost", () => checks.resumes("stop")],
    ["after a kill it goes on behind the last durable offset, with nothing lost", () => checks.resumes("kill")],
    ["what is not yet durable is read again, however far it was read", () => checks.readsAgain()],
    ["it stops in time while nobody asks for the next record", () => checks.stopsUnasked()],
    ["what is added while it runs is read", () => checks.follows()],
    ["it reads no further while nobody asks", () => checks.standsStill()],
  ];
  const all: readonly (readonly [string, () => Promise<void>])[] = [
    ["settings that can be used are taken, and one that is missing is named", () => checks.settings()],
    ["it stops in time while it waits for something to read", () => checks.stopsIdle()],
    ...(subject.isAtMostOnce === true
      ? [["what is added while it listens is read, once and in its order, also behind a stop", () => checks.listens()] as const]
      : kept),
    ...(unusable === undefined
      ? []
      : [["what cannot be used is said, with a code and a sentence", () => checks.refuses(unusable)] as const]),
  ];
  return all.map(([what, run]) => ({ name: `${plugin.name}: ${what}`, run: () => awake(run) }));
}

class SourceChecks {
  readonly #subject: SourceSubject;
  readonly #limits: { readonly stopWithinMs: number; readonly tasksMax: number };
  readonly #quietMs: number;

  constructor(subject: SourceSubject) {
    this.#subject = subject;
    this.#limits = { stopWithinMs: subject.stopWithinMs ?? 5000, tasksMax: subject.tasksMax ?? 4 };
    this.#quietMs = subject.quietMs ?? 1000;
  }

  settings(): Promise<void> {
    return this.#on(({ properties }) => checkSettings(this.#subject.plugin, properties, this.#limits.stopWithinMs));
  }

  readsAll(): Promise<void> {
    return this.#on(async (stage) => {
      const expected = await stage.add(RECORDS);
      const run = await this.#start(stage, new DurableOffsets());
      const read = await run.take(expected.length + 1, this.#untilNone(expected));
      await run.stop();
      this.#same(this.#identities(read), expected, "read");
    });
  }

  async resumes(how: "stop" | "kill"): Promise<void> {
    for (const [readBefore, durable] of PLACES) await this.#on((stage) => this.#resumesAt(stage, { how, readBefore, durable }));
  }

  readsAgain(): Promise<void> {
    return this.#on(async (stage) => {
      const expected = await stage.add(RECORDS);
      const first = await this.#start(stage, new DurableOffsets());
      await first.take(expected.length, this.#patientMs);
      await first.stop();
      const second = await this.#start(stage, new DurableOffsets());
      const read = this.#identities(await second.take(expected.length, this.#patientMs));
      await second.stop();
      const lost = expected.filter((identity) => !read.includes(identity));
      if (lost.length > 0)
        fail(
          `${lost.length} of ${expected.length} records are lost: they were read, nothing was durable, and the source has them no more (${lost.slice(0, 3).join(", ")}…). Let go of what was read in acked(), not in read().`,
        );
    });
  }

  stopsIdle(): Promise<void> {
    return this.#on(async (stage) => {
      const run = await this.#start(stage, new DurableOffsets());
      await run.take(1, Math.min(this.#quietMs, 300));
      await run.stop();
    });
  }

  stopsUnasked(): Promise<void> {
    return this.#on(async (stage) => {
      await stage.add(RECORDS);
      const run = await this.#start(stage, new DurableOffsets());
      await run.take(1, this.#quietMs);
      await run.stop();
    });
  }

  follows(): Promise<void> {
    return this.#on(async (stage) => {
      const before = await stage.add(3);
      const run = await this.#start(stage, new DurableOffsets());
      const read = [...this.#identities(await run.take(before.length, this.#patientMs))];
      const added = await stage.add(4);
      read.push(...this.#identities(await run.take(added.length, this.#patientMs)));
      await run.stop();
      this.#same(read, [...before, ...added], "read after something was added");
    });
  }

  listens(): Promise<void> {
    return this.#on(async (stage) => {
      for (let life = 0; life < 2; life++) {
        const run = await this.#start(stage, new DurableOffsets());
        const [expected, first] = await Promise.all([stage.add(RECORDS), run.take(RECORDS, this.#patientMs)]);
        const read = [...first, ...(await run.take(1, this.#quietMs))];
        await run.stop();
        this.#same(this.#identities(read), expected, "read while it listens");
      }
    });
  }

  standsStill(): Promise<void> {
    return this.#on(async (stage) => {
      await stage.add(MANY);
      const run = await this.#start(stage, new DurableOffsets());
      await run.take(1, this.#quietMs);
      await passed(this.#quietMs);
      const handedOut = stage.handedOut?.() ?? 0;
      await run.stop();
      if (handedOut > MANY / 2)
        fail(
          `One record was asked for, and the source has read ${handedOut} of ${MANY}. What is read and not asked for stays in memory, however slow Kafka is: read in the generator, between two yields.`,
        );
    });
  }

  refuses(properties: ConnectorProperties): Promise<void> {
    const attempt = async (): Promise<void> => {
      const run = await SourceRun.start(this.#subject.plugin, properties, new DurableOffsets(), this.#limits);
      try {
        await run.take(1, this.#quietMs);
      } finally {
        run.kill();
      }
    };
    return checkRefusal(this.#subject.plugin, properties, { attempt, stopWithinMs: this.#limits.stopWithinMs });
  }

  async #resumesAt(
    stage: SourceStage,
    { durable, how, readBefore }: { readonly how: "stop" | "kill"; readonly readBefore: number; readonly durable: number },
  ): Promise<void> {
    const expected = await stage.add(RECORDS);
    const offsets = new DurableOffsets();
    const first = await this.#start(stage, offsets);
    const before = await first.take(readBefore, this.#patientMs);
    let events = 0;
    const kept = before.filter(({ event }) => (event === undefined ? events < durable : ++events <= durable));
    for (const { item } of kept) offsets.put(item);
    const last = kept.at(-1);
    if (last !== undefined) await first.acked(last.item);
    if (how === "stop") await first.stop();
    else first.kill();
    const second = await this.#start(stage, offsets);
    const written = this.#identities(kept);
    const due = expected.filter((identity) => !written.includes(identity));
    const after = this.#identities(await second.take(expected.length + 1, this.#untilNone(due)));
    await second.stop();
    const at = `after a ${how} with ${readBefore} records read and ${written.length} of them durable`;
    const all = [...written, ...after];
    const lost = expected.filter((identity) => !all.includes(identity));
    if (lost.length > 0)
      fail(
        `${lost.length} records are lost ${at}: ${lost.slice(0, 3).join(", ")}. An offset says what was read up to its own record, and read() goes on behind what offsets.get() gives.`,
      );
    if (this.#subject.plugin.exactlyOnce === true && all.length > expected.length) {
      const twice = after.filter((identity) => written.includes(identity));
      fail(
        `${twice.length} records come twice ${at} (${twice.slice(0, 3).join(", ")}), and exactlyOnce is true: go on behind the durable offset, or leave out exactlyOnce.`,
      );
    }
  }

  async #on(work: (stage: SourceStage) => Promise<void>): Promise<void> {
    const stage = await this.#subject.makeStage();
    try {
      await work(stage);
    } finally {
      await stage[Symbol.asyncDispose]?.();
    }
  }

  /** How long to wait for one more: patiently while some are due, and then only to see that none comes. */
  #untilNone(due: readonly string[]): (taken: readonly ReadItem[]) => number {
    return (taken) => {
      const read = new Set(this.#identities(taken));
      return due.every((identity) => read.has(identity)) ? this.#quietMs : this.#patientMs;
    };
  }

  /** A source that is slow for once, on a busy machine, has lost nothing. */
  get #patientMs(): number {
    return this.#quietMs * PATIENCE;
  }

  #start(stage: SourceStage, offsets: DurableOffsets): Promise<SourceRun> {
    return within(30_000, "Starting the source", SourceRun.start(this.#subject.plugin, stage.properties, offsets, this.#limits));
  }

  #identities(items: readonly ReadItem[]): readonly string[] {
    return items.flatMap(({ event }) => (event === undefined ? [] : [this.#subject.identityOf(event)]));
  }

  /** In the order in which they were added, each of its partition. */
  #same(read: readonly string[], expected: readonly string[], what: string): void {
    const missing = expected.filter((identity) => !read.includes(identity));
    if (missing.length > 0) fail(`${missing.length} of ${expected.length} records were not ${what}: ${missing.slice(0, 3).join(", ")}.`);
    if (read.length > expected.length)
      fail(
        `${read.length} records were ${what}, and ${expected.length} are there: ${read
          .filter((identity, at) => read.indexOf(identity) < at || !expected.includes(identity))
          .slice(0, 3)
          .join(", ")}.`,
      );
    const wrong = read.findIndex((identity, at) => identity !== expected[at]);
    if (wrong >= 0) fail(`Records are not ${what} in their order: ${read[wrong]} comes where ${expected[wrong]} is due.`);
  }
}
