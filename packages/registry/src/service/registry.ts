import { type Clock, type Logger, printable, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { RegistryError } from "../registry-error.ts";
import { noopRecord, TopicCodec } from "../storage/topic-codec.ts";
import type { RegistryRecord } from "../subjects/registry-record.ts";
import { RegistryState } from "../subjects/registry-state.ts";
import { type SchemaFormats, SchemaReader } from "../subjects/schema-reader.ts";
import type { LoggedRecord, RegistryLog } from "./registry-log.ts";

/** What a change comes to: records, none when nothing changes, and what is answered once they hold. */
export interface Decision<T> {
  readonly records: readonly RegistryRecord[];
  readonly reply: T;
}

/** A registry's parts. */
export interface RegistryOptions {
  readonly log: RegistryLog;
  readonly formats: SchemaFormats;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** How long a change may wait for its turn and until it holds. 30 seconds. */
  readonly writeTimeoutMs?: number;
}

/** As many changes as wait for their turn; who comes then is told to come again. */
const MAX_WAITING = 1_000;
const WRITE_TIMEOUT_MS = 30_000;
const MAX_DAMAGED_TOLD = 10;

interface Waiter {
  readonly offset: number;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A registry over its log. Changes are decided one after another, each on a state in which all before it hold; a change is answered when its records were read back, so that whoever was answered reads
 * what it wrote. When the log cannot be read on, or nobody knows whether a record is in it, the registry fails: it answers nothing more, and begins anew when it is started again.
 */
export class Registry {
  readonly state = new RegistryState();
  readonly reader: SchemaReader;
  readonly #log: RegistryLog;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #codec = new TopicCodec();
  readonly #writeTimeoutMs: number;
  #applied = -1;
  #waiters: Waiter[] = [];
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;
  readonly #failed = Promise.withResolvers<Error>();
  #isAbsent = false;
  #damaged = 0;

  private constructor({ log, formats, logger = silentLogger, clock = systemClock, writeTimeoutMs = WRITE_TIMEOUT_MS }: RegistryOptions) {
    this.#log = log;
    this.#logger = logger;
    this.#clock = clock;
    this.#writeTimeoutMs = writeTimeoutMs;
    this.reader = new SchemaReader(formats);
  }

  /** Reads the log to its end, and writes a record that says so: what another instance wrote before it is then known. Without a log it is empty, and the first change makes one. */
  static async start(options: RegistryOptions): Promise<Registry> {
    const registry = new Registry(options);
    try {
      const found = await registry.#log.start(
        (records) => registry.#take(records),
        (error) => registry.#fail(error),
      );
      registry.#isAbsent = found === "absent";
      if (!registry.#isAbsent) await registry.#readToEnd();
    } catch (error) {
      await registry.stop();
      throw error;
    }
    return registry;
  }

  /** Resolves with the reason when nothing more is answered: it failed, or was stopped. */
  get failed(): Promise<Error> {
    return this.#failed.promise;
  }

  /** Records of the topic that could not be read, since the start. */
  get damagedRecords(): number {
    return this.#damaged;
  }

  /**
   * Decides and carries out a change.
   * @throws RegistryError what `decide` throws; `REGISTRY_STORE_TIMEOUT` when it is not known in time whether the change holds; `REGISTRY_STORE_FAILED`; `REGISTRY_BUSY`
   */
  async change<T>(decide: (state: RegistryState, reader: SchemaReader) => Decision<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) {
      throw new RegistryError("REGISTRY_BUSY", `More than ${MAX_WAITING} changes wait for their turn; come again.`);
    }
    this.#waiting++;
    const turn = this.#last.then(() => this.#carryOut(decide));
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** @throws RegistryError `REGISTRY_STORE_FAILED` when what is known may not be what is in the log */
  requireSound(): void {
    if (this.#failure === undefined) return;
    throw new RegistryError(
      "REGISTRY_STORE_FAILED",
      `The registry's topic failed, and it must be started again: ${this.#failure.message}`,
      {
        cause: this.#failure,
      },
    );
  }

  async stop(): Promise<void> {
    this.#fail(new Error("the registry was stopped"));
    await this.#log.stop();
  }

  async #carryOut<T>(decide: (state: RegistryState, reader: SchemaReader) => Decision<T>): Promise<T> {
    this.requireSound();
    let { records, reply } = decide(this.state, this.reader);
    if (records.length === 0) return reply;
    if (this.#isAbsent) {
      await this.#createLog();
      // Another instance may have made it first and written: what was decided without that does not count.
      ({ records, reply } = decide(this.state, this.reader));
      if (records.length === 0) return reply;
    }
    let offset: number;
    try {
      offset = await this.#log.append(records.flatMap((record) => this.#codec.write(record)));
    } catch (cause) {
      // It may be there: an id that was given away in it must not be given to another, so nothing goes on before all was read again.
      const error = new Error(`nobody knows whether a change was written: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
      this.#fail(error);
      throw new RegistryError("REGISTRY_STORE_FAILED", `The change may hold or not: ${error.message}`, { cause });
    }
    await this.#appliedTo(offset);
    return reply;
  }

  async #createLog(): Promise<void> {
    try {
      await this.#log.create();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new RegistryError("REGISTRY_STORE_FAILED", `The registry's topic could not be made, and nothing was changed: ${why}`, {
        cause,
      });
    }
    this.#isAbsent = false;
    try {
      await this.#readToEnd();
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      this.#fail(error);
      throw new RegistryError(
        "REGISTRY_STORE_FAILED",
        `The registry's topic cannot be written, and nothing was changed: ${error.message}`,
        {
          cause,
        },
      );
    }
  }

  async #readToEnd(): Promise<void> {
    await this.#appliedTo(await this.#log.append([noopRecord()]));
  }

  #take(records: readonly LoggedRecord[]): void {
    for (const { offset, key, value } of records) {
      const read = this.#codec.read(key, value);
      if (read.kind === "change") this.state.apply(read.record);
      else if (read.kind === "damaged") this.#tellDamaged(offset, read.problem);
      this.#applied = offset;
    }
    const due = this.#waiters.filter(({ offset }) => offset <= this.#applied);
    this.#waiters = this.#waiters.filter(({ offset }) => offset > this.#applied);
    for (const { resolve } of due) resolve();
  }

  #tellDamaged(offset: number, problem: string): void {
    this.#damaged++;
    if (this.#damaged > MAX_DAMAGED_TOLD) return;
    const more = this.#damaged === MAX_DAMAGED_TOLD ? " Further ones are counted only." : "";
    this.#logger.warn(
      `The record at offset ${offset} of the registry's topic cannot be read and is passed over: ${printable(problem)}.${more}`,
    );
  }

  #appliedTo(offset: number): Promise<void> {
    if (offset <= this.#applied) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(this.#writeTimeoutMs, () => {
        this.#fail(new Error(`a record at offset ${offset} was not read back within ${this.#writeTimeoutMs} ms`));
      });
      this.#waiters.push({
        offset,
        resolve: () => {
          timer.cancel();
          resolve();
        },
        reject: (cause) => {
          timer.cancel();
          reject(new RegistryError("REGISTRY_STORE_TIMEOUT", `The change may hold or not: ${cause.message}.`, { cause }));
        },
      });
    });
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#failed.resolve(error);
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}
