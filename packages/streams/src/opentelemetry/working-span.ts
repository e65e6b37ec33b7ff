import { type Attributes, type Context, context, type Span, SpanKind, trace, type Tracer } from "@opentelemetry/api";
import { markFailed } from "./span-attributes.ts";

/** The span of what a task is at, of which there is one at a time. */
export class WorkingSpan {
  readonly #tracer: Tracer;
  #span: Span | undefined;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Does the work in a span of its own. The span of before is the current one again when it returns. */
  within(name: string, kind: SpanKind, attributes: Attributes, parent: Context, work: (current: Context) => void): void {
    const before = this.#span;
    const span = this.#tracer.startSpan(name, { kind, attributes }, parent);
    this.#span = span;
    const current = trace.setSpan(parent, span);
    try {
      context.with(current, work, undefined, current);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      this.#span = before;
      span.end();
    }
  }

  punctuation(node: string, taskId: string, parent: Context, work: () => void): void {
    const attributes = { "ottla.streams.task.id": taskId, "ottla.streams.node": node };
    this.within(`punctuate ${node}`, SpanKind.INTERNAL, attributes, parent, work);
  }

  /** False: there is none. */
  failed(error: Error): boolean {
    if (this.#span === undefined) return false;
    this.#span.recordException(error);
    markFailed(this.#span, error);
    return true;
  }
}
