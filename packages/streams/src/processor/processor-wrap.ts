import type { RecordMetadata, StreamRecord } from "../record.ts";

/** A processor of a task that may be wrapped. */
export interface WrappedNode {
  /** Its name in the topology: the DSL's own ones, too. */
  readonly name: string;
  readonly taskId: string;
}

/** What a processor is given. The value of a table's step is a `Change`, which is only valid during the call. */
export interface WrappedRecord extends StreamRecord<unknown, unknown> {
  /** Where the record that led to it came from; undefined in a punctuator. */
  readonly metadata: RecordMetadata | undefined;
}

/**
 * Called in the place of a processor with each record that it is given. `next()` lets the processor take the record, with all that follows from it, and throws what that throws; without it the
 * record ends here. In an application the step that tells a change of a foreign-key join's right table goes on after its call when more than 128 rows point to it. `next()` is for the time of the call only (`STREAMS_BAD_ARGUMENT`).
 */
export type ProcessorMiddleware = (record: WrappedRecord, next: () => void) => void;

/** Asked once for each processor of each task; undefined leaves it as it is, at no cost. Sources and sinks are not wrapped, and punctuators run without it. KIP-1112. */
export type ProcessorWrap = (node: WrappedNode) => ProcessorMiddleware | undefined;
