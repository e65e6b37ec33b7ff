import type { Attributes, Counter, Histogram, Meter, ObservableResult } from "@opentelemetry/api";
import type { Consumer } from "../consumer/consumer-types.ts";
import type { Producer, ProducerStats } from "../producer/producer-types.ts";

/**
 * The client's metrics: those of OpenTelemetry's conventions, counted as things happen, and those of Java's clients under the names that these send them by (KIP-714), looked up
 * when somebody collects.
 */
export class ClientMetrics {
  readonly #sentMessages: Counter;
  readonly #consumedMessages: Counter;
  readonly #operationDuration: Histogram;
  readonly #processDuration: Histogram;
  readonly #producers = new Map<string, Group<Producer> & { ended: ProducerTotals }>();
  readonly #consumers = new Map<string, Group<Consumer>>();
  readonly #consumed = new Map<string, { readonly attributes: Attributes; records: number; bytes: number }>();

  constructor(meter: Meter) {
    this.#sentMessages = meter.createCounter("messaging.client.sent.messages", {
      unit: "{message}",
      description: "Messages handed to the brokers.",
    });
    this.#consumedMessages = meter.createCounter("messaging.client.consumed.messages", {
      unit: "{message}",
      description: "Messages delivered.",
    });
    this.#operationDuration = meter.createHistogram("messaging.client.operation.duration", {
      unit: "s",
      description: "From send to the answer.",
    });
    this.#processDuration = meter.createHistogram("messaging.process.duration", { unit: "s", description: "Work on a message." });
    const observe = (name: string, kind: "counter" | "gauge", description: string, look: (result: ObservableResult) => void) => {
      const instrument =
        kind === "counter" ? meter.createObservableCounter(name, { description }) : meter.createObservableGauge(name, { description });
      instrument.addCallback(look);
    };
    // One point per set of attributes: what is observed twice under one counts once.
    const ofProducers = (read: (stats: ProducerTotals) => number) => (result: ObservableResult) => {
      for (const group of this.#producers.values()) {
        const live = [...group.live].map((producer) => read(producer.stats()));
        result.observe(
          live.reduce((sum, each) => sum + each, read(group.ended)),
          group.attributes,
        );
      }
    };
    const ofConsumers = (read: (consumer: Consumer) => number, join: (...values: number[]) => number) => (result: ObservableResult) => {
      for (const { attributes, live } of this.#consumers.values())
        if (live.size > 0) result.observe(join(...[...live].map(read)), attributes);
    };
    observe(
      "org.apache.kafka.producer.record.send.total",
      "counter",
      "Records acknowledged.",
      ofProducers((stats) => stats.recordsAcknowledged),
    );
    observe(
      "org.apache.kafka.producer.record.error.total",
      "counter",
      "Records that failed.",
      ofProducers((stats) => stats.recordsFailed),
    );
    observe(
      "org.apache.kafka.producer.outgoing.byte.total",
      "counter",
      "Bytes of batches as sent.",
      ofProducers((stats) => stats.bytesSent),
    );
    observe(
      "org.apache.kafka.consumer.coordinator.assigned.partitions",
      "gauge",
      "Partitions assigned.",
      ofConsumers((each) => each.assignment().length, sum),
    );
    observe(
      "org.apache.kafka.consumer.fetch.manager.records.lag.max",
      "gauge",
      "Records behind the end, of the partition furthest behind.",
      ofConsumers(lagMax, Math.max),
    );
    observe("org.apache.kafka.consumer.fetch.manager.records.consumed.total", "counter", "Records delivered.", (result) => {
      for (const { attributes, records } of this.#consumed.values()) result.observe(records, attributes);
    });
    observe("org.apache.kafka.consumer.fetch.manager.bytes.consumed.total", "counter", "Bytes delivered.", (result) => {
      for (const { attributes, bytes } of this.#consumed.values()) result.observe(bytes, attributes);
    });
  }

  watchProducer(producer: Producer, clientId: string | undefined): void {
    const attributes = clientId === undefined ? {} : { client_id: clientId };
    groupOf(this.#producers, attributes, () => ({ attributes, live: new Set<Producer>(), ended: NOTHING })).live.add(producer);
  }

  watchConsumer(consumer: Consumer, groupId: string | undefined, clientId: string | undefined): void {
    const attributes = {
      ...(clientId === undefined ? {} : { client_id: clientId }),
      ...(groupId === undefined ? {} : { group_id: groupId }),
    };
    groupOf(this.#consumers, attributes, () => ({ attributes, live: new Set<Consumer>() })).live.add(consumer);
  }

  /** What a producer has done goes on to count. */
  producerClosed(producer: Producer): void {
    for (const group of this.#producers.values()) {
      if (!group.live.delete(producer)) continue;
      const { recordsAcknowledged, recordsFailed, bytesSent } = producer.stats();
      group.ended = {
        recordsAcknowledged: group.ended.recordsAcknowledged + recordsAcknowledged,
        recordsFailed: group.ended.recordsFailed + recordsFailed,
        bytesSent: group.ended.bytesSent + bytesSent,
      };
    }
  }

  consumerClosed(consumer: Consumer): void {
    for (const group of this.#consumers.values()) group.live.delete(consumer);
  }

  sent(attributes: Attributes, messages: number, durationMs: number, error: string | undefined): void {
    const { "messaging.kafka.message.key": _, ...labels } = attributes;
    const all = error === undefined ? labels : { ...labels, "error.type": error };
    this.#sentMessages.add(messages, all);
    this.#operationDuration.record(durationMs / 1000, all);
  }

  consumed(attributes: Attributes, messages: number, bytes: number): void {
    this.#consumedMessages.add(messages, attributes);
    const topic = String(attributes["messaging.destination.name"]);
    const sum = this.#consumed.get(topic);
    if (sum === undefined) this.#consumed.set(topic, { attributes: { topic }, records: messages, bytes });
    else {
      sum.records += messages;
      sum.bytes += bytes;
    }
  }

  processed(attributes: Attributes, durationMs: number, error: string | undefined): void {
    this.#processDuration.record(durationMs / 1000, error === undefined ? attributes : { ...attributes, "error.type": error });
  }
}

type ProducerTotals = Pick<ProducerStats, "recordsAcknowledged" | "recordsFailed" | "bytesSent">;
const NOTHING: ProducerTotals = { recordsAcknowledged: 0, recordsFailed: 0, bytesSent: 0 };

/** All parts that go under the same attributes. */
interface Group<Part> {
  readonly attributes: Attributes;
  readonly live: Set<Part>;
}

function groupOf<G extends { readonly attributes: Attributes }>(groups: Map<string, G>, attributes: Attributes, make: () => G): G {
  const key = JSON.stringify(attributes);
  const group = groups.get(key) ?? make();
  groups.set(key, group);
  return group;
}

function sum(...values: number[]): number {
  return values.reduce((total, each) => total + each, 0);
}

function lagMax(consumer: Consumer): number {
  return Math.max(0, ...consumer.assignment().map((at) => consumer.currentLag(at) ?? 0));
}
