import { boxedTime } from "../boxed-time.ts";
import type { OperatorPosition } from "../processors/operator.ts";
import { type Headers, noHeaders } from "../record.ts";
import type { RecordPosition, SourceBytes } from "../stores/store-builder.ts";

/** Where the record that a task processes comes from. One object for the task's whole life. */
export class Position implements RecordPosition, OperatorPosition {
  topic = "";
  partition = -1;
  /** −1: nothing is being processed. */
  offset = -1;
  timestamp = boxedTime;
  headers: Headers = noHeaders;
  source: SourceBytes | undefined;

  constructor() {
    this.timestamp = -1;
  }

  /** Becomes the same as another one. */
  take({ topic, partition, offset, timestamp, headers, source }: Readonly<OperatorPosition>): void {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.timestamp = timestamp;
    this.headers = headers;
    this.source = source;
  }

  /** Nothing is being processed: a punctuator runs. */
  reset(timestamp: number, headers: Headers): void {
    this.topic = "";
    this.partition = -1;
    this.offset = -1;
    this.timestamp = timestamp;
    this.headers = headers;
    this.source = undefined;
  }
}
