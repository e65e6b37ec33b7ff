import type { producerEvents, InstrumentationEvent, RemoveInstrumentationEventListener } from "./events.ts";
import type { RetryOptions } from "./kafka-config.ts";
import type { Logger } from "./logger.ts";
import type { Offsets, ProducerBatch, ProducerRecord, RecordMetadata } from "./message-types.ts";
import type { ICustomPartitioner } from "./partitioners.ts";

export interface Transaction {
  send(record: ProducerRecord): Promise<RecordMetadata[]>;
  sendBatch(batch: ProducerBatch): Promise<RecordMetadata[]>;
  sendOffsets(offsets: Offsets & { consumerGroupId: string }): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  isActive(): boolean;
}

export interface ProducerConfig {
  createPartitioner?: ICustomPartitioner;
  retry?: RetryOptions;
  metadataMaxAge?: number;
  allowAutoTopicCreation?: boolean;
  idempotent?: boolean;
  transactionalId?: string;
  transactionTimeout?: number;
  maxInFlightRequests?: number;
}

export type ProducerEvents = typeof producerEvents;

export interface Producer {
  send(record: ProducerRecord): Promise<RecordMetadata[]>;
  sendBatch(batch: ProducerBatch): Promise<RecordMetadata[]>;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isIdempotent(): boolean;
  readonly events: ProducerEvents;
  on(event: string, listener: (event: InstrumentationEvent<never>) => unknown): RemoveInstrumentationEventListener;
  transaction(): Promise<Transaction>;
  logger(): Logger;
}
