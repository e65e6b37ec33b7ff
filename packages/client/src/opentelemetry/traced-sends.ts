import { systemClock } from "@ottla/base/node";
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { BatchReport, DeliveryCallback, ProducerRecord, RecordMetadata, SendOptions } from "../producer/record-types.ts";
import { errorType, keyAttributes, messagingAttributes } from "./attributes.ts";
import type { ClientMetrics } from "./client-metrics.ts";
import { withContext } from "./headers-carrier.ts";
import { messageOf } from "../thrown.ts";

/** What producers and transactions send with. */
interface Sends {
  send(record: ProducerRecord, options?: SendOptions): Promise<RecordMetadata>;
  send(records: readonly ProducerRecord[], options?: SendOptions): Promise<RecordMetadata[]>;
  sendBatch(records: readonly ProducerRecord[], options?: SendOptions): Promise<BatchReport>;
  enqueue(record: ProducerRecord, onDelivery?: DeliveryCallback): Promise<void> | undefined;
}

/** A span per call, `send <topic>`, whose context goes into the headers of all records of the call. */
export class TracedSends {
  readonly #tracer: Tracer;
  readonly #metrics: ClientMetrics;
  readonly #transactionalId: string | undefined;
  readonly #clientId: string | undefined;

  constructor(tracer: Tracer, metrics: ClientMetrics, transactionalId: string | undefined, clientId: string | undefined) {
    this.#tracer = tracer;
    this.#metrics = metrics;
    this.#transactionalId = transactionalId;
    this.#clientId = clientId;
  }

  around(inner: Sends): Sends {
    return {
      send: ((input: ProducerRecord | readonly ProducerRecord[], options?: SendOptions) => {
        if (Array.isArray(input)) return this.#many(input as readonly ProducerRecord[], (records) => inner.send(records, options));
        return this.#one(input as ProducerRecord, (record) => inner.send(record, options));
      }) as Sends["send"],
      sendBatch: (records, options) => this.#many(records, (traced) => inner.sendBatch(traced, options)),
      enqueue: (record, onDelivery) => this.#enqueue(inner, record, onDelivery),
    };
  }

  async #one(record: ProducerRecord, send: (record: ProducerRecord) => Promise<RecordMetadata>): Promise<RecordMetadata> {
    // What makes no sense is refused by the producer, under its own name.
    const attributes = { ...this.#attributes(record?.topic), ...keyAttributes(record?.key) };
    const { span, startMs } = this.#start(record?.topic, attributes);
    try {
      const sent = await send(this.#inject(record, span));
      this.#sent(span, sent);
      this.#metrics.sent(attributes, 1, systemClock.monotonicMs() - startMs, undefined);
      return sent;
    } catch (error) {
      this.#failed(span, error);
      this.#metrics.sent(attributes, 1, systemClock.monotonicMs() - startMs, errorType(error));
      throw error;
    } finally {
      span.end();
    }
  }

  async #many<Result>(records: readonly ProducerRecord[], send: (records: readonly ProducerRecord[]) => Promise<Result>): Promise<Result> {
    if (!Array.isArray(records)) return send(records);
    const list = records as readonly ProducerRecord[];
    const topics = new Set(list.map((record) => record?.topic));
    const topic = topics.size === 1 ? [...topics][0] : undefined;
    const attributes = { ...this.#attributes(topic), "messaging.batch.message_count": list.length };
    const { span, startMs } = this.#start(topic, attributes);
    const { "messaging.batch.message_count": _, ...labels } = attributes;
    try {
      const result = await send(list.map((record) => this.#inject(record, span)));
      const error = (result as Partial<BatchReport>).error;
      if (error) this.#failed(span, error);
      this.#metrics.sent(labels, list.length, systemClock.monotonicMs() - startMs, error && errorType(error));
      return result;
    } catch (error) {
      this.#failed(span, error);
      this.#metrics.sent(labels, list.length, systemClock.monotonicMs() - startMs, errorType(error));
      throw error;
    } finally {
      span.end();
    }
  }

  /** The span ends with the delivery, so one without a callback gets one when somebody traces; its failure then goes to that alone, as it would to the caller's. */
  #enqueue(inner: Sends, record: ProducerRecord, onDelivery?: DeliveryCallback): Promise<void> | undefined {
    if (onDelivery === undefined) {
      const { span } = this.#start(record?.topic, this.#attributes(record?.topic));
      const taken = inner.enqueue(this.#inject(record, span));
      span.end();
      return taken;
    }
    const attributes = { ...this.#attributes(record?.topic), ...keyAttributes(record?.key) };
    const { span, startMs } = this.#start(record?.topic, attributes);
    return inner.enqueue(this.#inject(record, span), (error, metadata) => {
      if (error) this.#failed(span, error);
      else if (metadata) this.#sent(span, metadata);
      this.#metrics.sent(attributes, 1, systemClock.monotonicMs() - startMs, error && errorType(error));
      span.end();
      onDelivery(error, metadata);
    });
  }

  #attributes(topic: string | undefined): Attributes {
    const own = messagingAttributes("send", topic, this.#clientId);
    return this.#transactionalId === undefined ? own : { ...own, "messaging.kafka.transactional.id": this.#transactionalId };
  }

  #start(topic: string | undefined, attributes: Attributes): { readonly span: Span; readonly startMs: number } {
    const name = topic === undefined ? "send" : `send ${topic}`;
    return { span: this.#tracer.startSpan(name, { kind: SpanKind.PRODUCER, attributes }), startMs: systemClock.monotonicMs() };
  }

  #inject(record: ProducerRecord, span: Span): ProducerRecord {
    return typeof record === "object" && record !== null ? withContext(record, trace.setSpan(context.active(), span)) : record;
  }

  #sent(span: Span, { partition, offset }: RecordMetadata): void {
    span.setAttribute("messaging.destination.partition.id", String(partition));
    if (offset >= 0) span.setAttribute("messaging.kafka.offset", offset);
  }

  #failed(span: Span, error: unknown): void {
    span.setAttribute("error.type", errorType(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  }
}
