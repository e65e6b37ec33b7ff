import type { ConsumerRecord, RecordHeader } from "../consumer/record-types.ts";
import type { RecordHold } from "./record-hold.ts";
import type { ShareRecord } from "./share-record-types.ts";
import type { AcknowledgeType } from "./share-types.ts";

/** Who carries out what is said of a record. Throws `ClientError`. */
export interface RecordHolder {
  acknowledge(record: HeldRecord, type: AcknowledgeType): void;
  renew(record: HeldRecord): Promise<void>;
}

/** See {@link ShareRecord}. */
export class HeldRecord implements ShareRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
  readonly leaderEpoch: number | undefined;
  readonly deliveryCount: number;
  readonly #hold: RecordHold;
  readonly #holder: RecordHolder;

  constructor(record: ConsumerRecord, deliveryCount: number, hold: RecordHold, holder: RecordHolder) {
    this.topic = record.topic;
    this.partition = record.partition;
    this.offset = record.offset;
    this.timestamp = record.timestamp;
    this.key = record.key;
    this.value = record.value;
    this.headers = record.headers;
    this.leaderEpoch = record.leaderEpoch;
    this.deliveryCount = deliveryCount;
    this.#hold = hold;
    this.#holder = holder;
  }

  /** The record's hold, and whether it came from this holder. */
  static is(value: unknown, holder: RecordHolder): value is HeldRecord {
    return typeof value === "object" && value !== null && #hold in value && value.#holder === holder;
  }

  get hold(): RecordHold {
    return this.#hold;
  }

  get isHeld(): boolean {
    return this.#hold.state === "held";
  }

  accept(): void {
    this.#holder.acknowledge(this, "accept");
  }

  release(): void {
    this.#holder.acknowledge(this, "release");
  }

  reject(): void {
    this.#holder.acknowledge(this, "reject");
  }

  renew(): Promise<void> {
    return this.#holder.renew(this);
  }
}
