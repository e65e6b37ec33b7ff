import { type Clock, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { ProduceRequest, TopicProduceData } from "@ottla/protocol/apis/produce";
import {
  BATCH_MAGIC,
  checkProducedHeader,
  checkRequestRecords,
  isTransactional,
  isWholeBatch,
  magic,
  readProducedRecords,
  readProducedRecordsInPieces,
  sizeInBytes,
} from "@ottla/protocol/records";
import { clientMayWrite } from "../metadata/internal-topics.ts";
import type { Closed } from "../net/closed.ts";
import { type Lookup, locate } from "../partitions/locate.ts";
import type { Partition } from "../partitions/partition.ts";
import { type AppendResult, appendRead, recordsRules, refused, refusedBy } from "./append-records.ts";
import { type AppendTurn, mustWaitForTurn, takeTurn } from "./append-turns.ts";
import type { TopicLimits } from "../config/topic-limits.ts";

/** What one request may take of the loop before the rest of it waits for others, in ms. */
const SLICE_MS = 10;
/** Bytes of batches that wait to be read, in the whole process; those that come on top are refused, and sent again by their producers. */
const WAITING_BYTES_MAX = 268435456;

let waitingBytes = 0;

/** Told what became of one partition's records. */
export type ResultListener = (result: AppendResult) => void;

/** What is taken of a request's context. */
export interface ProduceContext extends Lookup {
  readonly broker: Lookup["broker"] & { readonly clock: Clock; readonly topicSettings: { limits(topic: string): TopicLimits } };
  readonly version: number;
  readonly clientId: string | null;
  readonly session: { readonly closed: Closed };
  keepFrame(): boolean;
  answerBeforeNext(): void;
}

/** A batch that is read and appended later. */
interface Later {
  readonly topic: TopicProduceData;
  readonly topicName: string;
  readonly index: number;
  readonly records: Buffer;
  readonly limits: TopicLimits;
  readonly arrivedMs: number;
  readonly turn: AppendTurn;
  readonly tell: ResultListener;
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
  readonly #later: Later[] = [];
  /** The request's bytes stay; undefined until that matters. */
  #keepsFrame: boolean | undefined;

  constructor(context: ProduceContext, request: ProduceRequest) {
    this.#context = context;
    this.#acks = request.acks;
    this.#clock = context.broker.clock;
    this.#slice = new TimeSlice(this.#clock, SLICE_MS);
    this.#requestFault = faultOfRequest(request);
  }

  /** Appends one partition's records, now or in {@link finish}. `records` is needed during this call only. */
  append(topic: TopicProduceData, topicName: string, index: number, records: unknown, tell: ResultListener): void {
    const result = this.#requestFault ?? this.#tryAppend(topic, topicName, index, records, tell);
    if (result !== undefined) tell(result);
  }

  /** Appends what waits. Undefined when nothing does. */
  finish(): Promise<void> | undefined {
    if (this.#later.length === 0) return undefined;
    this.#context.answerBeforeNext();
    return this.#appendLater();
  }

  #tryAppend(topic: TopicProduceData, topicName: string, index: number, records: unknown, tell: ResultListener): AppendResult | undefined {
    const { broker } = this.#context;
    const found = locate(this.#context, topicName, topic.topicId, index);
    if (found.kind === "error") return refused(found.errorCode, null);
    if (!clientMayWrite(topicName, this.#context.clientId))
      return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic "${topicName}" is the broker's own; clients do not write to it.`);
    const { partition, metadata } = found;
    const limits = broker.topicSettings.limits(topicName);
    if (this.#acks === -1 && metadata.isr.length < limits.minInsyncReplicas) {
      return refused(
        ErrorCode.NOT_ENOUGH_REPLICAS,
        `Topic "${topicName}" has ${metadata.isr.length} replicas in sync; min.insync.replicas asks for ${limits.minInsyncReplicas}.`,
      );
    }
    if (!Buffer.isBuffer(records))
      return refused(ErrorCode.INVALID_RECORD, "The request has no record batch for this partition; send exactly one.");
    if (!mustWaitForTurn(partition) && !this.#slice.isOver) {
      const fault = this.#checkHeader(partition, records, limits);
      if (fault !== undefined) return fault;
      const read = readProducedRecords(batchIn(records), recordsRules(limits, this.#clock.nowMs()));
      if (read !== undefined) return appendRead(partition, read, limits, metadata.leaderEpoch);
    }
    return this.#postpone(partition, { topic, topicName, index, records, limits, arrivedMs: this.#clock.nowMs(), tell });
  }

  /** All that is checked before the records are read. */
  #checkHeader(partition: Partition, records: Buffer, limits: TopicLimits): AppendResult | undefined {
    const fault = checkRequestRecords(records, this.#context.version);
    if (fault !== null) return refused(fault.errorCode, fault.message);
    const batch = batchIn(records);
    const headerFault = checkProducedHeader(batch, limits.maxMessageBytes) ?? (isTransactional(batch, 0) ? NO_TRANSACTION : null);
    return headerFault === null ? undefined : refusedBy(partition, headerFault);
  }

  #postpone(partition: Partition, one: Omit<Later, "turn">): AppendResult | undefined {
    const bytes = one.records.length;
    if (waitingBytes + bytes > WAITING_BYTES_MAX)
      return refused(ErrorCode.REQUEST_TIMED_OUT, "Too many batches wait to be read; send this one again later.");
    waitingBytes += bytes;
    this.#keepsFrame ??= this.#context.keepFrame();
    const records = this.#keepsFrame ? one.records : Buffer.from(one.records);
    this.#later.push({ ...one, records, turn: takeTurn(partition) });
    return undefined;
  }

  async #appendLater(): Promise<void> {
    for (let at = 0; at < this.#later.length; at++) {
      const later = this.#later[at]!;
      try {
        await later.turn.before;
        if (this.#slice.isOver) await this.#slice.rest();
        later.tell(await this.#appendOne(later));
      } catch (error) {
        for (const rest of this.#later.slice(at + 1)) this.#end(rest);
        throw error;
      } finally {
        this.#end(later);
      }
    }
  }

  async #appendOne({ topic, topicName, index, records, limits, arrivedMs }: Later): Promise<AppendResult> {
    // Who has gone was told nothing and waits for nothing; without acknowledgement nobody waits in any case.
    if (this.#acks !== 0 && this.#context.session.closed.isClosed) return refused(ErrorCode.NETWORK_EXCEPTION, "The connection has gone.");
    const before = locate(this.#context, topicName, topic.topicId, index);
    if (before.kind === "error") return refused(before.errorCode, null);
    const fault = this.#checkHeader(before.partition, records, limits);
    if (fault !== undefined) return fault;
    const batch = batchIn(records);
    const rules = recordsRules(limits, arrivedMs);
    const read = readProducedRecords(batch, rules) ?? (await readProducedRecordsInPieces(batch, rules, this.#slice));
    const found = locate(this.#context, topicName, topic.topicId, index);
    return found.kind === "error" ? refused(found.errorCode, null) : appendRead(found.partition, read, limits, found.metadata.leaderEpoch);
  }

  #end({ turn, records }: Later): void {
    turn.done();
    waitingBytes -= records.length;
  }
}

function batchIn(records: Buffer): Buffer {
  return records.subarray(0, sizeInBytes(records, 0));
}

/** Transactions are not there yet, so there is none that a batch could belong to. */
const NO_TRANSACTION = {
  errorCode: ErrorCode.INVALID_TXN_STATE,
  message: "The record batch belongs to no transaction that is open.",
} as const;

/** What is wrong with a request as a whole: each of its partitions is answered so. */
function faultOfRequest({ acks, transactionalId, topicData }: ProduceRequest): AppendResult | undefined {
  if (acks < -1 || acks > 1) return refused(ErrorCode.INVALID_REQUIRED_ACKS, `acks=${acks} is none of -1, 0 and 1.`);
  if (transactionalId !== null) return undefined;
  const isInTransaction = topicData.some(({ partitionData }) =>
    partitionData.some(({ records }) => Buffer.isBuffer(records) && saysTransactional(records)),
  );
  return isInTransaction
    ? refused(
        ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        "A record batch of a transaction came in a request without a transactional id.",
      )
    : undefined;
}

function saysTransactional(records: Buffer): boolean {
  return isWholeBatch(records, 0) && magic(records, 0) === BATCH_MAGIC && isTransactional(records, 0);
}
