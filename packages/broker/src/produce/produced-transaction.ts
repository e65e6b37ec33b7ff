import { ErrorCode } from "@ottla/protocol";
import type { ProduceRequest } from "@ottla/protocol/apis/produce";
import { BATCH_MAGIC, baseSequence, isTransactional, isWholeBatch, magic, producerEpoch, producerId } from "@ottla/protocol/records";
import type { Closed } from "../net/closed.ts";
import type { Partition } from "../partitions/partition.ts";
import { type AppendResult, refused } from "./append-records.ts";
import { type AdmissionDeps, admit, produceRefusal, type RefusalTerms } from "./transaction-admission.ts";

/** From here on a producer adds partitions to its transaction by producing to them (KIP-890, part 2). */
const ADDS_FROM_VERSION = 12;
const ABORTABLE_FROM_VERSION = 11;

interface TransactionContext {
  readonly broker: AdmissionDeps;
  readonly version: number;
  readonly session: { readonly closed: Closed };
}

/** The transaction that a Produce request writes into. The log says which of its batches the coordinator has to be asked about: the first in each partition. */
export class ProducedTransaction {
  readonly #context: TransactionContext;
  readonly #transactionalId: string;
  readonly #terms: RefusalTerms;
  /** All batches have the same: see {@link faultOfProducers}. */
  #producer: { readonly producerId: number; readonly producerEpoch: number } = { producerId: -1, producerEpoch: -1 };

  constructor(context: TransactionContext, transactionalId: string) {
    const { version } = context;
    this.#context = context;
    this.#transactionalId = transactionalId;
    this.#terms = { mode: version >= ADDS_FROM_VERSION ? "add" : "verify", knowsAbortable: version >= ABORTABLE_FROM_VERSION };
  }

  /** Whether the coordinator has to be asked before this batch is stored. */
  mustVerify({ log }: Partition, records: Buffer): boolean {
    if (!saysTransactional(records)) return false;
    if (this.#terms.mode === "verify" && !log.config.verifiesTransactions) return false;
    return !log.hasOpenTransaction(producerId(records, 0), producerEpoch(records, 0));
  }

  /** Begins to verify one batch. */
  start({ log }: Partition, records: Buffer): ReturnType<Partition["log"]["startVerification"]> {
    this.#producer = { producerId: producerId(records, 0), producerEpoch: producerEpoch(records, 0) };
    const sequence = baseSequence(records, 0);
    return log.startVerification({ ...this.#producer, baseSequence: sequence, raisesEpoch: this.#terms.mode === "add" });
  }

  /** Asks about the partitions of the batches that were begun. Resolves with the refusal of each, if it is refused. */
  async admit(partitions: readonly { readonly topic: string; readonly partition: number }[]): Promise<(AppendResult | undefined)[]> {
    const { broker, session } = this.#context;
    const call = { transactionalId: this.#transactionalId, ...this.#producer, partitions, mode: this.#terms.mode };
    const codes = await admit(broker, call, session.closed);
    return partitions.map((_, i) => {
      const code = codes[i] ?? ErrorCode.UNKNOWN_SERVER_ERROR;
      if (code === ErrorCode.NONE) return undefined;
      const { errorCode, message } = produceRefusal(code, this.#terms);
      return refused(errorCode, message);
    });
  }
}

/** A request writes into one transaction, so all its transactional batches come from one producer. */
export function faultOfProducers(topicData: ProduceRequest["topicData"]): AppendResult | undefined {
  let first: Buffer | undefined;
  for (const { partitionData } of topicData) {
    for (const { records } of partitionData) {
      if (!saysTransactional(records)) continue;
      first ??= records;
      if (producerId(records, 0) !== producerId(first, 0) || producerEpoch(records, 0) !== producerEpoch(first, 0))
        return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING, "The record batches of one transaction came from more than one producer.");
    }
  }
  return undefined;
}

/** Whether there is a batch that claims to belong to a transaction. */
export function saysTransactional(records: unknown): records is Buffer {
  return Buffer.isBuffer(records) && isWholeBatch(records, 0) && magic(records, 0) === BATCH_MAGIC && isTransactional(records, 0);
}
