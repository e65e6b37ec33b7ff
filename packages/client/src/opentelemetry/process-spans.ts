import { systemClock } from "@ottla/base/node";
import { type Attributes, type Context, context, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { ConsumerBatch, ConsumerRecord } from "../consumer/consumer-types.ts";
import { checkObject } from "../options/argument-checks.ts";
import type { ShareRecord } from "../share/share-record-types.ts";
import type { TypedRecord, UndecodedRecord } from "../topics/topic-types.ts";
import type { Held } from "../topics/typed-share-types.ts";
import { errorType, keyAttributes, messagingAttributes } from "./attributes.ts";
import type { ClientMetrics } from "./client-metrics.ts";
import { contextIn } from "./headers-carrier.ts";

const contexts = new WeakMap<ConsumerRecord, Context>();

type AnyRead = TypedRecord<string, unknown, unknown> | UndecodedRecord<string>;

/**
 * The context of the span that stands for the work on a record: in a loop over records, which cannot make it the active one, `context.with(contextOf(record), work)` does. The
 * sender's, when there is no span.
 */
export function contextOf(record: ConsumerRecord | ShareRecord | AnyRead | Held<AnyRead>): Context {
  checkObject("contextOf: record", record);
  return contexts.get("raw" in record ? record.raw : record) ?? contextIn(record.headers);
}

/** The work on one record or batch. */
export interface Work {
  readonly context: Context;
  readonly end: (error?: unknown) => void;
}

/** Spans of the work on records, `process <topic>`, each a child of the one that sent its record, with the metrics of the same. */
export class ProcessSpans {
  readonly #tracer: Tracer;
  readonly #metrics: ClientMetrics;
  readonly #groupId: string | undefined;
  readonly #clientId: string | undefined;

  constructor(tracer: Tracer, metrics: ClientMetrics, groupId: string | undefined, clientId: string | undefined) {
    this.#tracer = tracer;
    this.#metrics = metrics;
    this.#groupId = groupId;
    this.#clientId = clientId;
  }

  begin(record: ConsumerRecord): Work {
    const { topic, partition, offset, key, headers, value } = record;
    const labels = this.#attributes("process", topic);
    const attributes = {
      ...labels,
      "messaging.destination.partition.id": String(partition),
      "messaging.kafka.offset": offset,
      ...keyAttributes(key),
      ...(value === null ? { "messaging.kafka.message.tombstone": true } : { "messaging.message.body.size": value.length }),
    };
    const span = this.#tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes }, contextIn(headers));
    this.#metrics.consumed(this.#attributes("poll", topic), 1, (key?.length ?? 0) + (value?.length ?? 0));
    const work = this.#work(span, labels);
    if (span.isRecording()) contexts.set(record, work.context);
    return work;
  }

  beginBatch(batch: ConsumerBatch): Work {
    const labels = this.#attributes("process", batch.topic);
    const attributes = {
      ...labels,
      "messaging.destination.partition.id": String(batch.partition),
      "messaging.batch.message_count": batch.recordCountMax,
    };
    const span = this.#tracer.startSpan(`process ${batch.topic}`, { kind: SpanKind.CONSUMER, attributes });
    this.#metrics.consumed(this.#attributes("poll", batch.topic), batch.recordCountMax, batch.sizeBytes);
    return this.#work(span, labels);
  }

  #work(span: Span, labels: Attributes): Work {
    const startMs = systemClock.monotonicMs();
    return {
      context: trace.setSpan(context.active(), span),
      end: (error) => {
        if (error !== undefined) {
          span.setAttribute("error.type", errorType(error));
          span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : errorType(error) });
        }
        this.#metrics.processed(labels, systemClock.monotonicMs() - startMs, error === undefined ? undefined : errorType(error));
        span.end();
      },
    };
  }

  async within(work: Work, run: () => unknown): Promise<unknown> {
    let failure: { readonly error: unknown } | undefined;
    try {
      return await context.with(work.context, run);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      work.end(failure && (failure.error ?? "unknown"));
    }
  }

  /** Delivered without anybody knowing when the work on it is done. */
  delivered(topic: string, messages: number, bytes: number): void {
    this.#metrics.consumed(this.#attributes("poll", topic), messages, bytes);
  }

  #attributes(operation: "poll" | "process", topic: string): Attributes {
    const own = messagingAttributes(operation, topic, this.#clientId);
    return this.#groupId === undefined ? own : { ...own, "messaging.consumer.group.name": this.#groupId };
  }
}

/** A thing of the loop is worked on until the loop asks for the next one, or is left. */
export function tracedLoop<T>(inner: AsyncIterableIterator<T, undefined>, begin: (thing: T) => Work): AsyncIterableIterator<T, undefined> {
  let end = (): void => {};
  const iterator: AsyncIterableIterator<T, undefined> = {
    next: async () => {
      end();
      end = () => {};
      const result = await inner.next();
      if (!result.done) end = begin(result.value).end;
      return result;
    },
    return: async () => {
      end();
      end = () => {};
      await inner.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
