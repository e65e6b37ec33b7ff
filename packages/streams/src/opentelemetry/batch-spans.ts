import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { Headers } from "../record.ts";
import type { SpannedRecord, SpannedTask, TaskSpans } from "../runtime/task-spans.ts";
import { contextIn } from "./headers-context.ts";
import { markFailed, processAttributes } from "./span-attributes.ts";
import { WorkingSpan } from "./working-span.ts";

/** A batch that is being processed. */
interface OpenBatch {
  readonly span: Span;
  readonly context: Context;
  readonly topic: string;
  isOfOneTopic: boolean;
  recordCount: number;
  /** Records that were sent together have the same. */
  linked: SpanContext | undefined;
}

/** A span for records that are processed one after another, with links to their senders' spans; records go on with what they came with. */
export class BatchSpans implements TaskSpans {
  readonly #tracer: Tracer;
  readonly #attributes: Attributes;
  readonly #taskId: string;
  readonly #punctuations: WorkingSpan;
  #isInBatch = false;
  /** Begun with its first record. */
  #open: OpenBatch | undefined;

  constructor(tracer: Tracer, task: SpannedTask) {
    this.#tracer = tracer;
    this.#attributes = processAttributes(task);
    this.#taskId = task.taskId;
    this.#punctuations = new WorkingSpan(tracer);
  }

  batch<T>(work: () => T): T {
    this.#isInBatch = true;
    try {
      return work();
    } catch (error) {
      if (this.#open !== undefined) markFailed(this.#open.span, error);
      throw error;
    } finally {
      this.#isInBatch = false;
      this.#end();
    }
  }

  record(record: SpannedRecord, work: (headers: Headers) => void): void {
    if (!this.#isInBatch) return this.batch(() => this.record(record, work));
    const { topic, headers } = record;
    this.#open ??= this.#begin(topic);
    const open = this.#open;
    open.recordCount++;
    if (open.topic !== topic) open.isOfOneTopic = false;
    if (open.span.isRecording()) link(open, headers);
    context.with(open.context, work, undefined, headers);
  }

  resumed(headers: Headers, work: () => void): void {
    context.with(contextIn(headers), work);
  }

  punctuated(node: string, work: () => void): void {
    this.#punctuations.punctuation(node, this.#taskId, this.#open?.context ?? context.active(), work);
  }

  /** One record's failure, which a handler may let pass, is not the batch's. */
  failed(_node: string, error: Error): void {
    if (!this.#punctuations.failed(error)) this.#open?.span.recordException(error);
  }

  #begin(topic: string): OpenBatch {
    const span = this.#tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes: this.#attributes }, ROOT_CONTEXT);
    return { span, context: trace.setSpan(ROOT_CONTEXT, span), topic, isOfOneTopic: true, recordCount: 0, linked: undefined };
  }

  #end(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { span, topic, isOfOneTopic, recordCount } = open;
    span.setAttribute("messaging.batch.message_count", recordCount);
    if (isOfOneTopic) span.setAttribute("messaging.destination.name", topic);
    else span.updateName("process");
    span.end();
  }
}

function link(open: OpenBatch, headers: Headers): void {
  const sender = headers.length === 0 ? undefined : trace.getSpanContext(contextIn(headers));
  if (sender === undefined || (sender.spanId === open.linked?.spanId && sender.traceId === open.linked.traceId)) return;
  open.linked = sender;
  open.span.addLink({ context: sender });
}
