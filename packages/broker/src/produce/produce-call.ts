import { type Clock, TimeSlice } from "@ottla/base";
import type { VerificationGuard } from "@ottla/log";
import { ErrorCode } from "@ottla/protocol";
import type { ProduceRequest, TopicProduceData } from "@ottla/protocol/apis/produce";
import {
  checkProducedHeader,
  checkRequestRecords,
  type MarkRule,
  readProducedRecords,
  readProducedRecordsInPieces,
  sizeInBytes,
} from "@ottla/protocol/records";
import { clientMayWrite } from "../metadata/internal-topics.ts";
import type { Closed } from "../net/closed.ts";
import { type Lookup, locate } from "../partitions/locate.ts";
import type { Partition } from "../partitions/partition.ts";
import type { RegisteredSchemas } from "../schemas/registered-schemas.ts";
import type { SchemaIndex } from "../schemas/schema-index.ts";
import { prefixOf, schemaRule } from "../schemas/schema-rule.ts";
import { type AppendResult, appendRead, recordsRules, refused, refusedBy } from "./append-records.ts";
import { type AppendTurn, mustWaitForTurn, takeTurn } from "./append-turns.ts";
import { faultOfProducers, ProducedTransaction, saysTransactional } from "./produced-transaction.ts";
import type { AdmissionDeps } from "./transaction-admission.ts";
import { neededInSync, type TopicLimits } from "../config/topic-limits.ts";

/** What one request may take of the loop before the rest of it waits for others, in ms. */
const SLICE_MS = 10;
/** Bytes of batches that wait to be read, in the whole process; those that come on top are refused, and sent again by their producers. */
const WAITING_BYTES_MAX = 268435456;

let waitingBytes = 0;

/** So many bytes of batches wait to be read now, in the whole process. */
export function batchBytesWaiting(): number {
  return waitingBytes;
}

/** Told what became of one partition's records. */
export type ResultListener = (result: AppendResult) => void;

/** What is taken of a request's context. */
export interface ProduceContext extends Lookup {
  readonly broker: Lookup["broker"] &
    AdmissionDeps & {
      readonly topicSettings: { limits(topic: string): TopicLimits };
      readonly schemas: RegisteredSchemas;
      readonly config: { boolean(name: string): boolean };
    };
  readonly version: number;
  readonly clientId: string | null;
  readonly session: { readonly closed: Closed; readonly nodeId: number };
  keepFrame(): boolean;
  answerBeforeNext(): void;
}

/** One partition's batch as it came. */
interface Arrived {
  readonly topic: TopicProduceData;
  readonly topicName: string;
  readonly index: number;
  readonly records: Buffer;
  readonly limits: TopicLimits;
  readonly arrivedMs: number;
  readonly tell: ResultListener;
  /** Shows that its transaction was verified; see `PartitionLog.startVerification`. */
  readonly guard: VerificationGuard | undefined;
  /** Its header was found good. */
  readonly isChecked: boolean;
}

/** A batch that is read and appended later. */
interface Later extends Arrived {
  readonly turn: AppendTurn;
}

/**
 * The appends of one Produce request. Most are done at once. Batches that take longer to read are read one after the other in slices of time, and those that came later to
 * the same partition wait for them.
 */
export class ProduceCall {
  readonly #context: ProduceContext;
  readonly #acks: number;
  readonly #slice: TimeSlice;
  readonly #clock: Clock;
  readonly #requestFault: AppendResult | undefined;
  readonly #transaction: ProducedTransaction | undefined;
  readonly #later: Later[] = [];
  /** First batches of a transaction in their partitions: the coordinator is asked about all of them at once. */
  readonly #gated: Arrived[] = [];
  /** The request's bytes stay; undefined until that matters. */
  #keepsFrame: boolean | undefined;

  constructor(context: ProduceContext, request: ProduceRequest) {
    this.#context = context;
    this.#acks = request.acks;
    this.#clock = context.broker.clock;
    this.#slice = new TimeSlice(this.#clock, SLICE_MS);
    this.#requestFault = faultOfRequest(request);
    const { transactionalId } = request;
    this.#transaction = transactionalId === null ? undefined : new ProducedTransaction(context, transactionalId);
  }

  /** Appends one partition's records, now or in {@link finish}. `records` is needed during this call only. */
  append(topic: TopicProduceData, topicName: string, index: number, records: unknown, tell: ResultListener): void {
    try {
      const result = this.#requestFault ?? this.#tryAppend(topic, topicName, index, records, tell);
      if (result !== undefined) tell(result);
    } catch (error) {
      this.#letGo();
      throw error;
    }
  }

  /** Appends what waits. Undefined when nothing does. */
  finish(): Promise<void> | undefined {
    if (this.#later.length === 0 && this.#gated.length === 0) return undefined;
    this.#context.answerBeforeNext();
    return this.#gated.length === 0 ? this.#appendLater() : this.#appendGated();
  }

  #tryAppend(topic: TopicProduceData, topicName: string, index: number, records: unknown, tell: ResultListener): AppendResult | undefined {
    const { broker } = this.#context;
    const found = locate(this.#context, topicName, topic.topicId, index);
    if (found.kind === "error") return refused(found.errorCode, null);
    if (!clientMayWrite(topicName, this.#context.clientId))
      return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic "${topicName}" is the broker's own; clients do not write to it.`);
    if (!Buffer.isBuffer(records))
      return refused(ErrorCode.INVALID_RECORD, "The request has no record batch for this partition; send exactly one.");
    const fault = checkRequestRecords(records, this.#context.version);
    if (fault !== null) return refused(fault.errorCode, fault.message);
    if (this.#acks < -1 || this.#acks > 1) return refused(ErrorCode.INVALID_REQUIRED_ACKS, `acks=${this.#acks} is none of -1, 0 and 1.`);
    const { partition, metadata } = found;
    const limits = broker.topicSettings.limits(topicName);
    const inSyncMin = neededInSync(limits, metadata.replicas.length);
    if (this.#acks === -1 && metadata.isr.length < inSyncMin) {
      return refused(
        ErrorCode.NOT_ENOUGH_REPLICAS,
        `Topic "${topicName}" has ${metadata.isr.length} replicas in sync; min.insync.replicas asks for ${inSyncMin}.`,
      );
    }
    const arrivedMs = this.#clock.nowMs();
    const arrived = { topic, topicName, index, records, limits, arrivedMs, tell, guard: undefined, isChecked: false };
    if (this.#transaction?.mustVerify(partition, records)) return this.#gate(partition, arrived, this.#transaction);
    return this.#appendOrPostpone(partition, arrived, metadata.leaderEpoch);
  }

  #appendOrPostpone(partition: Partition, arrived: Arrived, leaderEpoch: number): AppendResult | undefined {
    const { records, limits, topicName } = arrived;
    const schemas = limits.schemas && this.#context.broker.schemas.current(prefixOf(topicName, limits.schemas));
    const knowsSchemas = limits.schemas === undefined || schemas !== undefined;
    if (knowsSchemas && !mustWaitForTurn(partition) && !this.#slice.isOver) {
      const fault = arrived.isChecked ? undefined : this.#checkHeader(partition, records, limits);
      if (fault !== undefined) return fault;
      const read = readProducedRecords(batchIn(records), recordsRules(limits, arrived.arrivedMs, marksOf(topicName, limits, schemas)));
      if (read !== undefined) return appendRead(partition, read, limits, leaderEpoch, arrived.guard);
    }
    const full = this.#keep(arrived.records);
    if (full !== undefined) return full;
    this.#later.push({ ...arrived, records: this.#kept(arrived.records), turn: takeTurn(partition) });
    return undefined;
  }

  /** The first batch of a transaction in this partition waits for the coordinator. */
  #gate(partition: Partition, arrived: Arrived, transaction: ProducedTransaction): AppendResult | undefined {
    const fault = this.#checkHeader(partition, arrived.records, arrived.limits);
    if (fault !== undefined) return fault;
    const start = transaction.start(partition, arrived.records);
    if (start.kind === "rejected") return refused(start.errorCode, start.message);
    const full = this.#keep(arrived.records);
    if (full !== undefined) return full;
    this.#gated.push({ ...arrived, records: this.#kept(arrived.records), guard: start.guard, isChecked: true });
    return undefined;
  }

  /** What the batch says of itself, checked before its records are read. */
  #checkHeader(partition: Partition, records: Buffer, limits: TopicLimits): AppendResult | undefined {
    const batch = batchIn(records);
    const headerFault = checkProducedHeader(batch, limits.maxMessageBytes);
    return headerFault === null ? undefined : refusedBy(partition, headerFault);
  }

  /** Counts bytes that wait; the refusal when there are too many already. */
  #keep(records: Buffer): AppendResult | undefined {
    if (waitingBytes + records.length > WAITING_BYTES_MAX)
      return refused(ErrorCode.REQUEST_TIMED_OUT, "Too many batches wait to be read; send this one again later.");
    waitingBytes += records.length;
    return undefined;
  }

  #kept(records: Buffer): Buffer {
    this.#keepsFrame ??= this.#context.keepFrame();
    return this.#keepsFrame ? records : Buffer.from(records);
  }

  async #appendGated(): Promise<void> {
    const gated = this.#gated.splice(0);
    try {
      const admission = this.#transaction!.admit(gated.map(({ topicName, index }) => ({ topic: topicName, partition: index })));
      // It may fail while the others are appended; it is asked for below.
      admission.catch(() => {});
      await this.#appendLater();
      const refusals = await admission;
      for (const [i, arrived] of gated.entries()) {
        const result = refusals[i] ?? this.#appendAdmitted(arrived);
        if (result !== undefined) arrived.tell(result);
      }
    } catch (error) {
      this.#letGo();
      throw error;
    } finally {
      for (const { records } of gated) waitingBytes -= records.length;
    }
    await this.#appendLater();
  }

  #appendAdmitted(arrived: Arrived): AppendResult | undefined {
    const found = locate(this.#context, arrived.topicName, arrived.topic.topicId, arrived.index);
    if (found.kind === "error") return refused(found.errorCode, null);
    return this.#appendOrPostpone(found.partition, arrived, found.metadata.leaderEpoch);
  }

  async #appendLater(): Promise<void> {
    const waiting = this.#later.splice(0);
    for (const [at, later] of waiting.entries()) {
      try {
        await later.turn.before;
        if (this.#slice.isOver) await this.#slice.rest();
        later.tell(await this.#appendOne(later));
      } catch (error) {
        for (const rest of waiting.slice(at + 1)) this.#end(rest);
        throw error;
      } finally {
        this.#end(later);
      }
    }
  }

  async #appendOne({ topic, topicName, index, records, limits, arrivedMs, guard, isChecked }: Later): Promise<AppendResult> {
    // Who has gone was told nothing and waits for nothing; without acknowledgement nobody waits in any case.
    if (this.#acks !== 0 && this.#context.session.closed.isClosed) return refused(ErrorCode.NETWORK_EXCEPTION, "The connection has gone.");
    const before = locate(this.#context, topicName, topic.topicId, index);
    if (before.kind === "error") return refused(before.errorCode, null);
    const fault = isChecked ? undefined : this.#checkHeader(before.partition, records, limits);
    if (fault !== undefined) return fault;
    const { schemas } = limits;
    const knowledge = schemas && (await this.#context.broker.schemas.catchUp(prefixOf(topicName, schemas)));
    if (knowledge?.kind === "unknown") return refused(ErrorCode.KAFKA_STORAGE_ERROR, `Schemas cannot be looked up. ${knowledge.why}`);
    const batch = batchIn(records);
    const rules = recordsRules(limits, arrivedMs, marksOf(topicName, limits, knowledge?.index));
    const read = readProducedRecords(batch, rules) ?? (await readProducedRecordsInPieces(batch, rules, this.#slice));
    const found = locate(this.#context, topicName, topic.topicId, index);
    if (found.kind === "error") return refused(found.errorCode, null);
    return appendRead(found.partition, read, limits, found.metadata.leaderEpoch, guard);
  }

  /** The request has failed in the middle: what waits gives up its places, or nobody would ever append to those partitions again. */
  #letGo(): void {
    for (const later of this.#later.splice(0)) this.#end(later);
    for (const { records } of this.#gated.splice(0)) waitingBytes -= records.length;
  }

  #end({ turn, records }: Later): void {
    turn.done();
    waitingBytes -= records.length;
  }
}

function marksOf(topic: string, { schemas }: TopicLimits, index: SchemaIndex | undefined): MarkRule | undefined {
  return schemas === undefined || index === undefined ? undefined : schemaRule(topic, schemas, index);
}

function batchIn(records: Buffer): Buffer {
  return records.subarray(0, sizeInBytes(records, 0));
}

/** What is wrong with a request as a whole: each of its partitions is answered so. */
function faultOfRequest({ transactionalId, topicData }: ProduceRequest): AppendResult | undefined {
  if (transactionalId !== null) return faultOfProducers(topicData);
  const isInTransaction = topicData.some(({ partitionData }) => partitionData.some(({ records }) => saysTransactional(records)));
  return isInTransaction
    ? refused(
        ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        "A record batch of a transaction came in a request without a transactional id.",
      )
    : undefined;
}
