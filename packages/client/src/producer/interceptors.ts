import type { Logger } from "@ottla/base";
import type { BatchPlace, Delivery } from "./delivery.ts";
import { metadataOf } from "./delivery.ts";
import type { ProducerInterceptor } from "./producer-types.ts";
import type { ProducerRecord, RecordMetadata } from "./record-types.ts";
import { messageOf } from "../thrown.ts";

/** The application's interceptors, in their order. One that throws is logged, and neither the record nor another interceptor is the worse for it. */
export class Interceptors {
  readonly #list: readonly ProducerInterceptor[];
  readonly #logger: Logger;

  constructor(list: readonly ProducerInterceptor[], logger: Logger) {
    this.#list = list;
    this.#logger = logger;
  }

  /** The record as it is to be sent. */
  onSend(record: ProducerRecord): ProducerRecord {
    let current = record;
    for (const interceptor of this.#list) {
      try {
        current = interceptor.onSend?.(current) ?? current;
      } catch (error) {
        this.#failed("onSend", error);
      }
    }
    return current;
  }

  /** Tells the interceptors, then whoever waits. */
  watch(record: ProducerRecord, timestamp: number, inner: Delivery | undefined): Delivery {
    return new WatchedDelivery(inner, timestamp, (error, metadata) => this.#onAcknowledgement(error, metadata, record));
  }

  #onAcknowledgement(error: Error | undefined, metadata: RecordMetadata | undefined, record: ProducerRecord): void {
    for (const interceptor of this.#list) {
      try {
        interceptor.onAcknowledgement?.(error, metadata, record);
      } catch (thrown) {
        this.#failed("onAcknowledgement", thrown);
      }
    }
  }

  #failed(hook: string, error: unknown): void {
    this.#logger.error("an interceptor threw", { hook, error: messageOf(error) });
  }
}

class WatchedDelivery implements Delivery {
  readonly #inner: Delivery | undefined;
  readonly #timestamp: number;
  readonly #tell: (error: Error | undefined, metadata: RecordMetadata | undefined) => void;
  /** An interceptor only looks on: a failure that nobody else hears of is still unheard. */
  readonly isHeard: boolean;

  constructor(
    inner: Delivery | undefined,
    timestamp: number,
    tell: (error: Error | undefined, metadata: RecordMetadata | undefined) => void,
  ) {
    this.#inner = inner;
    this.#timestamp = timestamp;
    this.#tell = tell;
    this.isHeard = inner !== undefined && inner.isHeard !== false;
  }

  acknowledged(place: BatchPlace, index: number): void {
    this.#tell(undefined, metadataOf(place, index, this.#timestamp));
    this.#inner?.acknowledged(place, index);
  }

  failed(error: Error): void {
    this.#tell(error, undefined);
    this.#inner?.failed(error);
  }
}
