import { type Attributes, context, SpanKind, type Tracer } from "@opentelemetry/api";
import type { Headers } from "../record.ts";
import type { SpannedRecord, SpannedTask, TaskSpans } from "../runtime/task-spans.ts";
import { contextIn, withContext } from "./headers-context.ts";
import { processAttributes, recordAttributes } from "./span-attributes.ts";
import { WorkingSpan } from "./working-span.ts";

/** A span for each record, a child of its sender's; what is written because of it carries its context. */
export class RecordSpans implements TaskSpans {
  readonly #attributes: Attributes;
  readonly #taskId: string;
  readonly #span: WorkingSpan;

  constructor(tracer: Tracer, task: SpannedTask) {
    this.#span = new WorkingSpan(tracer);
    this.#attributes = processAttributes(task);
    this.#taskId = task.taskId;
  }

  batch<T>(work: () => T): T {
    return work();
  }

  record(record: SpannedRecord, work: (headers: Headers) => void): void {
    const { topic, headers } = record;
    const attributes = { ...this.#attributes, ...recordAttributes(record) };
    this.#span.within(`process ${topic}`, SpanKind.CONSUMER, attributes, contextIn(headers), (current) =>
      work(withContext(headers, current)),
    );
  }

  /** As part of the record's trace; its span was over when the call began. */
  resumed(headers: Headers, work: () => void): void {
    context.with(contextIn(headers), work);
  }

  punctuated(node: string, work: () => void): void {
    this.#span.punctuation(node, this.#taskId, context.active(), work);
  }

  failed(_node: string, error: Error): void {
    this.#span.failed(error);
  }
}
