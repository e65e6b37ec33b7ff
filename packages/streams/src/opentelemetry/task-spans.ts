import { trace } from "@opentelemetry/api";
import { shown } from "../known-options.ts";
import type { SpanSource } from "../runtime/task-spans.ts";
import { StreamsError } from "../streams-error.ts";
import { BatchSpans } from "./batch-spans.ts";
import { RecordSpans } from "./record-spans.ts";

/** What spans are made of. */
export interface SpanOptions {
  /**
   * `batch`, the default: a span for up to 32 records that a task processes one after another, with links to the spans of their senders; each record goes on with the context that it came with. `record`: a span for each, a child of its
   * sender's, whose context goes into the headers of all that is written because of it.
   */
  readonly per?: "batch" | "record";
}

/**
 * Spans of what tasks do through `@opentelemetry/api`, by the messaging conventions: `process <topic>`, and `punctuate <node>`. Given to `streams()` or to the test driver as `spans`; where tasks are on threads the topology's module exports
 * it as `spans`, and registers a provider in the thread. Throws `STREAMS_BAD_ARGUMENT`.
 */
export function taskSpans({ per = "batch" }: SpanOptions = {}): SpanSource {
  if (per !== "batch" && per !== "record") {
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `Spans are made per "batch" or per "record", not per ${shown(per)}.`);
  }
  const tracer = trace.getTracer("@ottla/streams");
  return { ofTask: (task) => (per === "batch" ? new BatchSpans(tracer, task) : new RecordSpans(tracer, task)) };
}
