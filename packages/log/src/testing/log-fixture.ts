import { type Disk, type Logger, silentLogger } from "@ottla/base";
import { SeededRandom, SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { crc32c, RecordBatchBuilder } from "@ottla/protocol/records";
import { defaultLogConfig, type LogConfig } from "../partition/log-config.ts";
import type { AppendOptions, AppendOutcome } from "../partition/log-outcomes.ts";
import type { PartitionLog } from "../partition/partition-log.ts";
import { LogStore } from "../store/log-store.ts";
import type { LogStoreOptions } from "../store/log-store-options.ts";

export const TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
export const START_MS: number = Date.UTC(2026, 0, 1);
export const FROM_CLIENT: AppendOptions = { origin: "client", leaderEpoch: 1 };

/** What a batch is made of. `value` fills the records, so that batches differ. */
export interface BatchPlan {
  readonly records?: number;
  readonly recordBytes?: number;
  readonly value?: string;
  readonly timestampMs?: number;
  /** ms from record to record. */
  readonly stepMs?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
}

export function makeBatch(plan: BatchPlan = {}): Buffer {
  const builder = new RecordBatchBuilder({ isTransactional: plan.isTransactional ?? false });
  if (plan.producerId !== undefined) builder.setProducerState(plan.producerId, plan.producerEpoch ?? 0, plan.baseSequence ?? 0);
  for (let i = 0; i < (plan.records ?? 1); i++) {
    const timestamp = (plan.timestampMs ?? START_MS) + i * (plan.stepMs ?? 0);
    builder.append(null, Buffer.alloc(plan.recordBytes ?? 20, `${plan.value ?? "v"}${i}.`), [], timestamp);
  }
  return builder.close("none");
}

/** Events of level warn and error, as they were given. */
export class LoudEvents implements Logger {
  readonly events: string[] = [];
  /** As `events`, with their fields. */
  readonly details: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  readonly info: Logger["info"] = silentLogger.info;
  readonly debug: Logger["debug"] = silentLogger.debug;

  error(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.events.push(message);
    this.details.push({ message, fields });
  }

  warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.error(message, fields);
  }
}

/** One store with one partition, `orders-0`, on a simulated disk; it can be killed, stopped and opened again. */
export class LogFixture {
  readonly clock: SimulatedClock = new SimulatedClock(START_MS);
  readonly disk: SimulatedDisk;
  readonly random: SeededRandom;
  readonly logger: LoudEvents = new LoudEvents();
  readonly options: LogStoreOptions;
  config: LogConfig;
  store!: LogStore;
  log!: PartitionLog;

  private constructor(config: Partial<LogConfig>, options: LogStoreOptions & { seed?: number }) {
    this.disk = new SimulatedDisk();
    this.random = new SeededRandom(options.seed ?? 1);
    this.config = { ...defaultLogConfig, ...config };
    this.options = options;
  }

  static async create(config: Partial<LogConfig> = {}, options: LogStoreOptions & { seed?: number } = {}): Promise<LogFixture> {
    const fixture = new LogFixture(config, options);
    await fixture.openStore();
    fixture.log = fixture.store.createPartition("orders", 0, TOPIC_ID, fixture.config);
    return fixture;
  }

  /** Opens the store; the partition's failure to load is thrown. */
  async open(): Promise<PartitionLog> {
    const outcome = await this.openStore();
    if (outcome?.kind === "failed") throw outcome.error;
    this.log = outcome!.log;
    return this.log;
  }

  async openStore(): Promise<{ kind: "opened"; log: PartitionLog; wasRecovered: boolean } | { kind: "failed"; error: Error } | undefined> {
    const deps = { disk: this.disk as Disk, clock: this.clock, random: this.random, logger: this.logger };
    this.store = LogStore.open(deps, "/data", this.options);
    return (await this.store.loadPartitions({ configOf: () => this.config })).get("orders-0");
  }

  /** kill -9: what was written is there. */
  kill(): void {
    this.store.abandon();
    this.disk.crash({ mode: "process" });
  }

  /** The plug is pulled: of what was not synced, anything may be there. */
  cutPower(): void {
    this.store.abandon();
    this.disk.crash({ mode: "power", random: this.random });
  }

  async reopen(): Promise<PartitionLog> {
    await this.store.close();
    return this.open();
  }

  /** Appends, within a transaction as one that was verified; a refusal is an error. */
  append(plan: BatchPlan = {}): Extract<AppendOutcome, { kind: "appended" }> {
    const outcome = this.log.append(makeBatch(plan), plan.isTransactional ? this.verified(plan) : FROM_CLIENT);
    if (outcome.kind !== "appended") throw new Error(`The append was answered ${JSON.stringify(outcome)}.`);
    return outcome;
  }

  /** The options of a client's batch whose transaction the coordinator has just confirmed. */
  verified({ producerId = 0, producerEpoch = 0, baseSequence = 0 }: BatchPlan, raisesEpoch = false): AppendOptions {
    const start = this.log.startVerification({ producerId, producerEpoch, baseSequence, raisesEpoch });
    if (start.kind !== "started") throw new Error(`The verification was answered ${JSON.stringify(start)}.`);
    return { ...FROM_CLIENT, guard: start.guard };
  }

  path(name: string): string {
    return `/data/orders-0/${name}`;
  }

  names(suffix = ""): string[] {
    return this.disk.list("/data/orders-0").filter((name) => name.endsWith(suffix));
  }

  /** Replaces a file's content behind the log's back. */
  overwrite(name: string, content: Uint8Array): void {
    const file = this.disk.open(this.path(name));
    file.truncate(0);
    file.append([content]);
    file.close();
  }

  /** Flips the bits of one byte of a file. */
  flip(name: string, position: number): void {
    const content = this.disk.readFile(this.path(name));
    content[position]! ^= 0xff;
    this.overwrite(name, content);
  }
}

/** Everything from `offset` on, read in pieces of at most `maxBytes`; a refusal is an error. */
export async function readAll(log: PartitionLog, offset: number = log.logStartOffset, maxBytes = 4096): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    const outcome = await log.read(offset, maxBytes, { minOneBatch: true });
    if (outcome.kind === "rejected") throw new Error(`The read at ${offset} was answered ${outcome.errorCode}: ${outcome.message}`);
    if (outcome.sizeBytes === 0) return Buffer.concat(parts);
    parts.push(...outcome.records.map((part) => Buffer.from(part)));
    outcome.release?.();
    offset = outcome.nextOffset;
  }
}

/** A short name for bytes, for messages of failed comparisons. */
export function fingerprint(bytes: Buffer): string {
  return `${bytes.length} bytes, crc ${crc32c(bytes).toString(16)}`;
}
