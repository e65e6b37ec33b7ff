import { randomUUID } from "node:crypto";
import { type Clock, type Logger, printable, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { RegistryError } from "../registry-error.ts";
import { type Claim, claimRecord, TopicCodec } from "../storage/topic-codec.ts";
import type { OffLoop } from "../off-loop/off-loop.ts";
import type { RegistryRecord } from "../subjects/registry-record.ts";
import { RegistryState } from "../subjects/registry-state.ts";
import { type SchemaFormats, SchemaReader } from "../subjects/schema-reader.ts";
import { stepToWrite, type WriteStep } from "./leadership.ts";
import { type LoggedRecord, NotAppended, type RegistryLog } from "./registry-log.ts";
import { Turns } from "./turns.ts";

/** Decides a change; while it takes its time, nothing else is decided. */
export type Decide<T> = (state: RegistryState, reader: SchemaReader) => Decision<T> | Promise<Decision<T>>;

/** What a change comes to: records, none when nothing changes, and what is answered once they hold. */
export interface Decision<T> {
  readonly records: readonly RegistryRecord[];
  readonly reply: T;
}

/** A registry's parts. */
export interface RegistryOptions {
  readonly log: RegistryLog;
  readonly formats: SchemaFormats;
  /** Where large schemas are read and compared; without it, here. */
  readonly offLoop?: OffLoop | undefined;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** How long a change may wait until it is read back. 30 seconds. */
  readonly writeTimeoutMs?: number;
  /**
   * Where other instances send what they want to write. With it a change is refused with `REGISTRY_NOT_LEADING` while another instance leads: it is for the caller to forward it, or to {@link Registry.lead}.
   * Without it the instance takes the topic over whenever it has something to write.
   */
  readonly url?: string;
}

const WRITE_TIMEOUT_MS = 30_000;
const MAX_DAMAGED_TOLD = 10;
/** Instances that all take the topic from each other are no use to anybody. */
const MAX_CLAIMS_OF_CHANGE = 5;
/** What could not be written and may go well another time is tried so often, unless the first try took long. */
const MAX_APPENDS_OF_CHANGE = 2;
const QUICK_TRY_MS = 3_000;

interface Waiter {
  readonly offset: number;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A registry over its log. Changes are decided one after another, each on a state in which all before it hold; a change is answered when its records were read back, so that whoever was answered reads
 * what it wrote. Of several instances one leads; only its changes come to be. When the log cannot be read on, or nobody knows whether a record is in it, the registry fails: it answers nothing more, and
 * begins anew when it is started again.
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
  readonly #turns: Turns;
  #failure: Error | undefined;
  readonly #failed = Promise.withResolvers<Error>();
  #isAbsent = false;
  #damaged = 0;
  readonly #url: string | undefined;
  #claim: Claim | undefined;
  /** Of this instance, once it was read back. */
  #own: string | undefined;

  private constructor({
    log,
    formats,
    offLoop,
    logger = silentLogger,
    clock = systemClock,
    writeTimeoutMs = WRITE_TIMEOUT_MS,
    url,
  }: RegistryOptions) {
    this.#log = log;
    this.#logger = logger;
    this.#clock = clock;
    this.#writeTimeoutMs = writeTimeoutMs;
    this.#url = url;
    this.#turns = new Turns(clock);
    this.reader = new SchemaReader(formats, offLoop);
  }

  /** Reads the log to its end, and writes nothing. Without a log the registry is empty, and the first change makes one. */
  static async start(options: RegistryOptions): Promise<Registry> {
    const registry = new Registry(options);
    try {
      const found = await registry.#log.start(
        (records) => registry.#take(records),
        (error) => registry.#fail(error),
      );
      registry.#isAbsent = found === "absent";
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

  get isFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Records of the topic that could not be read, since the start. */
  get damagedRecords(): number {
    return this.#damaged;
  }

  /** The offset up to which the log was read. */
  get offset(): number {
    return this.#applied;
  }

  /** Whether nobody is known to have claimed the topic after this instance did. */
  isLeadingAs(claim: string): boolean {
    return this.#failure === undefined && this.#isLeading && this.#own === claim;
  }

  /** What to do with a request to write. `distrusted`: claims whose instances did not take it. */
  stepToWrite(distrusted: ReadonlySet<string>): WriteStep {
    return stepToWrite({ claim: this.#claim, topicId: this.#log.id, own: this.#own, distrusted });
  }

  /**
   * Decides and carries out a change.
   * @throws RegistryError what `decide` throws; `REGISTRY_STORE_TIMEOUT` when it is not known in time whether the change holds; `REGISTRY_NOT_READY` when nothing was changed and another try may go well;
   * `REGISTRY_STORE_FAILED` when none will; `REGISTRY_SCHEMA_TOO_LARGE`; `REGISTRY_NOT_LEADING` when it changes something, or may, and another instance leads; `REGISTRY_BUSY`
   */
  change<T>(decide: Decide<T>): Promise<T> {
    return this.#turns.take(() => this.#carryOut(decide));
  }

  /**
   * Takes the topic over, unless this instance has it: shuts out whoever led, and reads all that was written. Makes the topic where there is none.
   * @throws RegistryError `REGISTRY_NOT_READY`; `REGISTRY_STORE_FAILED`; `REGISTRY_NOT_LEADING` when another was quicker
   */
  lead(): Promise<void> {
    return this.#turns.take(() => this.#lead());
  }

  /**
   * Resolves when all that held at the call is known here.
   * @throws RegistryError `REGISTRY_NOT_READY`
   */
  async readToEnd(): Promise<void> {
    if (this.#isAbsent) return;
    try {
      await this.#log.readToEnd();
    } catch (cause) {
      throw new RegistryError("REGISTRY_NOT_READY", `The registry's topic cannot be read to its end: ${messageOf(cause)}`, { cause });
    }
  }

  /**
   * Resolves when what is at this offset is known here, or the registry failed: whoever asks then is not answered from it.
   * @throws RegistryError `REGISTRY_STORE_TIMEOUT`
   */
  async readUpTo(offset: number, timeoutMs: number): Promise<void> {
    await this.#appliedTo(offset, timeoutMs, () => {}).catch((error: unknown) => {
      if (this.#failure === undefined) throw error;
    });
  }

  /** @throws RegistryError `REGISTRY_NOT_READY` when what is known may not be what is in the log */
  requireSound(): void {
    const cause = this.#failure;
    if (cause === undefined) return;
    throw new RegistryError(
      "REGISTRY_NOT_READY",
      `The registry's topic failed, and is read anew; send the request again: ${cause.message}`,
      {
        cause,
      },
    );
  }

  async stop(): Promise<void> {
    this.#fail(new Error("the registry was stopped"));
    await this.#log.stop();
  }

  get #isLeading(): boolean {
    return this.#own !== undefined && this.#claim?.id === this.#own;
  }

  async #carryOut<T>(decide: Decide<T>): Promise<T> {
    const quickUntil = this.#clock.monotonicMs() + QUICK_TRY_MS;
    let claims = 0;
    let isTriedAgain = false;
    for (let appends = 0; ; ) {
      this.requireSound();
      const { records, reply } = await this.#decided(decide);
      if (records.length === 0) return reply;
      if (!this.#isLeading) {
        // What could not be written takes the topic again for its second try; it led a moment ago.
        if ((this.#url !== undefined && !isTriedAgain) || claims++ === MAX_CLAIMS_OF_CHANGE) throw this.#notLeading();
        isTriedAgain = false;
        await this.#lead();
        continue;
      }
      const appended = await this.#append(records, () => ++appends === MAX_APPENDS_OF_CHANGE || this.#clock.monotonicMs() > quickUntil);
      if (typeof appended === "number") {
        await this.#readBack(appended);
        return reply;
      }
      isTriedAgain = appended === "tryAgain";
    }
  }

  /** What does not lead may not have read the newest: it refuses nothing by itself. Without a log there is nothing newer. */
  async #decided<T>(decide: Decide<T>): Promise<Decision<T>> {
    try {
      return await decide(this.state, this.reader);
    } catch (error) {
      if (this.#isLeading || this.#isAbsent || this.#url === undefined) throw error;
      throw this.#notLeading();
    }
  }

  /** Where they are; nowhere when another leads, or when a second try may go well. */
  async #append(records: readonly RegistryRecord[], isLastTry: () => boolean): Promise<number | "notLeading" | "tryAgain"> {
    try {
      return await this.#log.append(records.flatMap((record) => this.#codec.write(record)));
    } catch (cause) {
      if (!(cause instanceof NotAppended)) {
        // It may be there: an id that was given away in it must not be given to another, so nothing goes on before all was read again.
        const error = new Error(`nobody knows whether a change was written: ${messageOf(cause)}`, { cause });
        this.#fail(error);
        throw unknownOutcome(error);
      }
      // Whatever it was: what comes next begins with a claim.
      this.#own = undefined;
      if (cause.reason === "tooLarge") {
        throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", `The topic takes no record of this size: ${cause.message}`, { cause });
      }
      if (cause.reason === "notLeading") {
        await this.readToEnd();
        return "notLeading";
      }
      if (cause.reason === "failed" && !isLastTry()) return "tryAgain";
      throw new RegistryError(codeOf(cause), `The change could not be written, and does not hold: ${cause.message}`, { cause });
    }
  }

  async #lead(): Promise<void> {
    this.requireSound();
    if (this.#isLeading) return;
    const id = randomUUID();
    let offset: number;
    try {
      if (this.#isAbsent) await this.#create();
      offset = await this.#log.lead(claimRecord({ id, url: this.#url ?? "", topicId: this.#log.id ?? "" }));
    } catch (cause) {
      if (cause instanceof RegistryError) throw cause;
      if (cause instanceof NotAppended && cause.reason === "notLeading") {
        // Of several that claim at once one is the last.
        await this.readToEnd();
        throw this.#notLeading();
      }
      const message = `The registry's topic cannot be written, and nothing was changed: ${messageOf(cause)}`;
      throw new RegistryError(codeOf(cause), message, { cause });
    }
    await this.#readBack(offset);
    if (this.#claim?.id !== id) throw this.#notLeading();
    this.#own = id;
  }

  async #create(): Promise<void> {
    try {
      await this.#log.create();
    } catch (cause) {
      if (cause instanceof RegistryError) throw cause;
      const message = `The registry's topic could not be made, and nothing was changed: ${messageOf(cause)}`;
      throw new RegistryError("REGISTRY_NOT_READY", message, { cause });
    }
    this.#isAbsent = false;
  }

  #notLeading(): RegistryError {
    return new RegistryError("REGISTRY_NOT_LEADING", "Another instance of the registry writes now; send the request again.");
  }

  #take(records: readonly LoggedRecord[]): void {
    for (const { offset, key, value } of records) {
      const read = this.#codec.read(key, value);
      if (read.kind === "change") this.state.apply(read.record);
      else if (read.kind === "claim") this.#takeClaim(read.claim);
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

  #takeClaim(claim: Claim | undefined): void {
    if (claim === undefined && this.#isLeading) {
      this.#logger.warn(
        "A registry of another kind writes to this one's topic: it does not know who leads here, and both may give one id to two schemas. Stop one of them.",
      );
    }
    this.#claim = claim;
  }

  #readBack(offset: number): Promise<void> {
    return this.#appliedTo(offset, this.#writeTimeoutMs, () => {
      this.#fail(new Error(`a record at offset ${offset} was not read back within ${this.#writeTimeoutMs} ms`));
    });
  }

  #appliedTo(offset: number, timeoutMs: number, onLate: () => void): Promise<void> {
    if (offset <= this.#applied) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(unknownOutcome(this.#failure));
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(timeoutMs, () => {
        onLate();
        const waiter = this.#waiters.findIndex((each) => each.resolve === wake);
        if (waiter < 0) return;
        this.#waiters.splice(waiter, 1);
        const message = `The change holds, and was not read here within ${timeoutMs} ms; read again later.`;
        reject(new RegistryError("REGISTRY_STORE_TIMEOUT", message));
      });
      const wake = (): void => {
        timer.cancel();
        resolve();
      };
      this.#waiters.push({
        offset,
        resolve: wake,
        reject: (cause) => {
          timer.cancel();
          reject(unknownOutcome(cause));
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

function unknownOutcome(cause: Error): RegistryError {
  const message = `The outcome is unknown, and the change may hold or not: ${cause.message.replace(/\.$/, "")}. Look (GET what was to be changed, with ?deleted=true for what a soft delete leaves), and send it again if it does not hold.`;
  return new RegistryError("REGISTRY_STORE_TIMEOUT", message, { cause });
}

/** Only what the cluster forbids is sure to be refused again. */
function codeOf(cause: unknown): "REGISTRY_STORE_FAILED" | "REGISTRY_NOT_READY" {
  return cause instanceof NotAppended && cause.reason === "forbidden" ? "REGISTRY_STORE_FAILED" : "REGISTRY_NOT_READY";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
