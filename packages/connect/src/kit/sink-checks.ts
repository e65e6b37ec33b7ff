import { OttlaError } from "@ottla/base";
import type { SinkRecord } from "../data/connect-record.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import type { SinkPlugin, SinkTask } from "../plugin/sink-plugin.ts";
import { type ConnectorCheck, fail, said } from "./connector-check.ts";
import { allWords, checkHidden, keepingLogger, secretsIn } from "./kept-words.ts";
import { checkRefusal, checkSettings } from "./setting-checks.ts";
import { awake, within } from "./within.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- a plugin of any settings
type AnySink = SinkPlugin<any>;

/** A system that a sink writes to, made for one check. */
export interface SinkStage extends Partial<AsyncDisposable> {
  readonly properties: ConnectorProperties;
  /** What is there, as {@link SinkSubject.recordOf} numbered it; what is there twice, twice. */
  stored(): Promise<readonly number[]>;
}

/** A sink, and how one sees what it wrote. */
export interface SinkSubject {
  readonly plugin: AnySink;
  /** A system with nothing in it. */
  makeStage(): Promise<SinkStage>;
  /** A record by its number: its key and value, with their schemas. */
  recordOf(number: number): Pick<SinkRecord, "key" | "keySchema" | "value" | "valueSchema">;
  /** A record that cannot be written. */
  readonly bad?: Pick<SinkRecord, "key" | "keySchema" | "value" | "valueSchema"> | undefined;
  readonly unusable?: ConnectorProperties | undefined;
  /** Whether what is written again is there once. */
  readonly exactlyOnce?: boolean | undefined;
  readonly stopWithinMs?: number | undefined;
}

const TOPIC = "checked";
const RECORDS = 40;

/** What every sink must do, each a test of its own. */
export function sinkChecks(subject: SinkSubject): readonly ConnectorCheck[] {
  const { bad, plugin, unusable } = subject;
  const checks = new SinkChecks(subject);
  const all: readonly (readonly [string, () => Promise<void>])[] = [
    ["settings that can be used are taken, and one that is missing is named", () => checks.settings()],
    ["what was written and flushed is there, once", () => checks.writes()],
    ["what was flushed survives a kill", () => checks.survives()],
    ["what was not flushed is written again after a kill, and nothing is lost", () => checks.writesAgain()],
    ["a batch of nothing, and a flush of nothing, do nothing", () => checks.nothing()],
    ["it closes in time, whatever was written", () => checks.closes()],
    ...(bad === undefined
      ? []
      : [["a record that cannot be written is told, and the others of its batch are written", () => checks.tellsBad(bad)] as const]),
    ...(unusable === undefined
      ? []
      : [["what cannot be used is said, with a code and a sentence", () => checks.refuses(unusable)] as const]),
  ];
  return all.map(([what, run]) => ({ name: `${plugin.name}: ${what}`, run: () => awake(run) }));
}

/** A task as a worker runs it. */
class SinkRun {
  readonly #task: SinkTask;
  readonly #ended: AbortController;
  readonly #hidden: (error?: unknown) => void;
  readonly #sought: { offset: bigint };
  readonly reported: { readonly record: SinkRecord; readonly error: unknown }[] = [];

  private constructor(task: SinkTask, ended: AbortController, sought: { offset: bigint }, hidden: (error?: unknown) => void) {
    this.#task = task;
    this.#ended = ended;
    this.#sought = sought;
    this.#hidden = hidden;
  }

  static async start(plugin: AnySink, properties: ConnectorProperties): Promise<SinkRun> {
    const lines: string[] = [];
    const ended = new AbortController();
    const secrets = secretsIn(plugin.config, properties);
    const hidden = (error?: unknown): void => checkHidden(secrets, [...lines, ...(error === undefined ? [] : [allWords(error)])]);
    const sought = { offset: 0n };
    const seek = (_place: unknown, offset: bigint): void => void (sought.offset = offset);
    const context = { connector: "checked", taskNumber: 0, seek, signal: ended.signal, log: keepingLogger(lines) };
    const task = await plugin.open(readConfig(plugin.config, properties) as never, context).catch((error: unknown) => {
      hidden(error);
      throw error;
    });
    await task.assigned?.([{ topic: TOPIC, partition: 0 }]);
    return new SinkRun(task, ended, sought, hidden);
  }

  /** Where the sink wants to go on. */
  get position(): bigint {
    return this.#sought.offset;
  }

  async write(records: readonly SinkRecord[]): Promise<void> {
    try {
      await this.#task.write(records, {
        signal: this.#ended.signal,
        reportBad: (record, error) => void this.reported.push({ record, error }),
      });
    } catch (error) {
      this.#hidden(error);
      throw error;
    }
  }

  /** The offset that may be committed behind these records. */
  async flush(upTo: bigint): Promise<bigint> {
    const said = await this.#task.flush?.();
    this.#hidden();
    return (
      said?.offsets?.find(({ topic, partition }) => topic === TOPIC && partition === 0)?.offset ?? (said?.offsets === undefined ? upTo : 0n)
    );
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#task.revoked?.([{ topic: TOPIC, partition: 0 }]);
    await this.#task.close?.();
    this.#hidden();
  }

  /** As a process ends that is killed. What holds the system's locks lets go, as the system would see to it. */
  kill(): void {
    this.#ended.abort();
  }
}

class SinkChecks {
  readonly #subject: SinkSubject;
  readonly #stopWithinMs: number;

  constructor(subject: SinkSubject) {
    this.#subject = subject;
    this.#stopWithinMs = subject.stopWithinMs ?? 5000;
  }

  settings(): Promise<void> {
    return this.#on(({ properties }) => checkSettings(this.#subject.plugin, properties, this.#stopWithinMs));
  }

  writes(): Promise<void> {
    return this.#on(async (stage) => {
      const run = await this.#start(stage);
      for (let from = 0; from < RECORDS; from += 10) await run.write(this.#records(from, from + 10));
      await run.flush(BigInt(RECORDS));
      await this.#close(run);
      this.#holds(await stage.stored(), RECORDS, { once: true, when: "after they were written, flushed and the sink was closed" });
    });
  }

  survives(): Promise<void> {
    return this.#on(async (stage) => {
      const run = await this.#start(stage);
      await run.write(this.#records(0, 10));
      const committed = await run.flush(10n);
      run.kill();
      const stored = await stage.stored();
      const lost = Array.from({ length: Number(committed) }, (_, number) => number).filter((number) => !stored.includes(number));
      if (lost.length > 0)
        fail(
          `flush() said that ${committed} records are durable, and after a kill ${lost.length} of them are not there (${lost.slice(0, 3).join(", ")}). flush() resolves only when the system has them.`,
        );
    });
  }

  writesAgain(): Promise<void> {
    return this.#on(async (stage) => {
      const first = await this.#start(stage);
      await first.write(this.#records(0, 10));
      const committed = await first.flush(10n);
      await first.write(this.#records(10, 25));
      first.kill();
      const second = await this.#start(stage);
      const from = Number(second.position > committed ? second.position : committed);
      await second.write(this.#records(from, RECORDS));
      await second.flush(BigInt(RECORDS));
      await this.#close(second);
      this.#holds(await stage.stored(), RECORDS, {
        once: this.#subject.exactlyOnce === true,
        when: "after a kill with 15 records written and not flushed, which were then written again",
      });
    });
  }

  nothing(): Promise<void> {
    return this.#on(async (stage) => {
      const run = await this.#start(stage);
      await run.flush(0n);
      await run.write([]);
      await run.flush(0n);
      await this.#close(run);
      const stored = await stage.stored();
      if (stored.length > 0) fail(`${stored.length} records are there where none was written.`);
    });
  }

  closes(): Promise<void> {
    return this.#on(async (stage) => {
      const run = await this.#start(stage);
      await run.write(this.#records(0, 5));
      await this.#close(run);
      const second = await this.#start(stage);
      await this.#close(second);
    });
  }

  tellsBad(bad: NonNullable<SinkSubject["bad"]>): Promise<void> {
    return this.#on(async (stage) => {
      const run = await this.#start(stage);
      const good = this.#records(0, 6);
      const poison = { ...good[3]!, keySchema: undefined, valueSchema: undefined, ...bad };
      const batch = [...good.slice(0, 3), poison, ...good.slice(4)];
      const error: unknown = await run.write(batch).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (error !== undefined) {
        if (!(error instanceof OttlaError))
          fail(
            `A record that cannot be written ends in a ${(error as Error)?.name ?? typeof error} without a code: "${said(error)}". Call reportBad(record, error), or throw ConnectError.`,
            error,
          );
        await this.#close(run);
        return;
      }
      await run.flush(6n);
      await this.#close(run);
      if (run.reported.length !== 1 || run.reported[0]!.record !== poison)
        fail(
          `One record of the batch cannot be written, and reportBad() was called for ${run.reported.length}. Without it the record is lost and nobody knows.`,
        );
      const stored = await stage.stored();
      const lost = [0, 1, 2, 4, 5].filter((number) => !stored.includes(number));
      if (lost.length > 0)
        fail(`reportBad() was called for one record, and ${lost.length} others of its batch are not there: ${lost.join(", ")}.`);
    });
  }

  refuses(properties: ConnectorProperties): Promise<void> {
    const attempt = async (): Promise<void> => {
      const run = await SinkRun.start(this.#subject.plugin, properties);
      try {
        await run.write(this.#records(0, 1));
        await run.flush(1n);
      } finally {
        await run.close();
      }
    };
    return checkRefusal(this.#subject.plugin, properties, { attempt, stopWithinMs: this.#stopWithinMs });
  }

  #records(from: number, to: number): readonly SinkRecord[] {
    return Array.from({ length: Math.max(0, to - from) }, (_, index): SinkRecord => {
      const offset = BigInt(from + index);
      return {
        topic: TOPIC,
        partition: 0,
        offset,
        originalTopic: TOPIC,
        originalPartition: 0,
        originalOffset: offset,
        headers: [],
        timestampMs: 1_700_000_000_000 + index,
        timestampType: "createTime",
        ...this.#subject.recordOf(from + index),
      };
    });
  }

  #holds(stored: readonly number[], count: number, { once, when }: { readonly once: boolean; readonly when: string }): void {
    const lost = Array.from({ length: count }, (_, number) => number).filter((number) => !stored.includes(number));
    if (lost.length > 0) fail(`${lost.length} of ${count} records are not there ${when}: ${lost.slice(0, 5).join(", ")}.`);
    const twice = stored.filter((number, at) => stored.indexOf(number) < at);
    if (once && twice.length > 0) fail(`${twice.length} records are there twice ${when}: ${twice.slice(0, 5).join(", ")}.`);
    const others = stored.filter((number) => number < 0 || number >= count);
    if (others.length > 0) fail(`${others.length} records are there that nobody wrote ${when}.`);
  }

  #start({ properties }: SinkStage): Promise<SinkRun> {
    return within(30_000, "Opening the sink", SinkRun.start(this.#subject.plugin, properties));
  }

  #close(run: SinkRun): Promise<void> {
    return within(this.#stopWithinMs, "Closing the sink", run.close());
  }

  async #on(work: (stage: SinkStage) => Promise<void>): Promise<void> {
    const stage = await this.#subject.makeStage();
    try {
      await work(stage);
    } finally {
      await stage[Symbol.asyncDispose]?.();
    }
  }
}
