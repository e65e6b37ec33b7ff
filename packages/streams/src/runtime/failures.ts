import type { RecordPosition } from "../stores/store-builder.ts";
import { StreamsError } from "../streams-error.ts";

/** What to do about a record that failed. */
export type FailureAnswer = "fail" | "continue";

/** Asked when bytes cannot be read or a step throws; without, the task stops. */
export interface ErrorHandlers {
  /** A key or value of a topic cannot be read: `continue` drops the record. */
  readonly deserialize?: (error: StreamsError) => FailureAnswer;
  /** A step threw: `continue` drops the record there, and what comes beside it goes on. */
  readonly process?: (error: StreamsError) => FailureAnswer;
}

/** An error with the node, topic, partition, offset and key it is about. */
export function processingError(node: string, error: unknown, position: RecordPosition, key: unknown): StreamsError {
  if (error instanceof StreamsError && error.place.node !== undefined) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const { topic, partition, offset } = position;
  const record = offset < 0 ? "in a punctuator" : `on the record ${topic}-${partition} at offset ${offset} with key ${keyText(key)}`;
  const code = error instanceof StreamsError ? error.code : "STREAMS_PROCESSING";
  return new StreamsError(code, `${node} failed ${record}: ${reason}`, { cause: error, place: { node, topic, partition, offset, key } });
}

/** A key for an error's sentence: short, and on one line. */
export function keyText(key: unknown): string {
  let text: string;
  try {
    text = typeof key === "bigint" ? String(key) : (JSON.stringify(key) ?? String(key));
  } catch {
    text = String(key);
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
