import { ClientError } from "../client-error.ts";
import type { ConsumerRecord } from "../consumer/consumer-types.ts";
import { messageOf } from "../thrown.ts";

/** A record that was read and whose key or value its topic's serde cannot decode (code `UNDECODABLE_RECORD`). `cause` is what the serde threw. */
export class RecordDecodeError extends ClientError {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly field: "key" | "value";
  /** The record as it was read. Its bytes are views of the fetched answer. */
  readonly record: ConsumerRecord;

  constructor(record: ConsumerRecord, field: "key" | "value", cause: unknown) {
    const { topic, partition, offset } = record;
    const reason = messageOf(cause);
    super("UNDECODABLE_RECORD", `The ${field} at ${topic}-${partition} offset ${offset} cannot be decoded: ${reason}`, {
      cause,
      subject: field,
    });
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.field = field;
    this.record = record;
  }
}
