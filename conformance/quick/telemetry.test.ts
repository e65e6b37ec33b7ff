// Spans and metrics of our client against our broker, as a program with OpenTelemetry's own SDK sees them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { context, metrics, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { silentLogger } from "@ottla/base";
import { type RunningBroker, startBroker } from "@ottla/broker";
import { type Client, createClient, json } from "@ottla/client";
import { contextOf, withTelemetry } from "@ottla/client/opentelemetry";

/** Collects when it is asked. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const exporter = new InMemorySpanExporter();
const reader = new Reader();

describe("telemetry", () => {
  let broker: RunningBroker;
  let client: Client;
  before(async () => {
    broker = await startBroker({ logger: silentLogger });
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    client = withTelemetry(createClient({ bootstrapServers: broker.bootstrap, clientId: "shop" }), { clientId: "shop" });
    await client.admin().createTopics(["a", "b", "c", "d"].map((name) => ({ name, partitionCount: 1 })));
  });
  after(async () => {
    await client.close();
    await broker.stop();
    for (const api of [trace, metrics, propagation, context]) api.disable();
  });

  test("the work on a record is a child of its send, by the record's headers; its own headers stay", async () => {
    exporter.reset();
    await client.producer().send({ topic: "a", key: "k", value: "v", headers: { own: "1" } });
    const consumer = client.consumer({ groupId: "g", autoOffsetReset: "earliest" });
    consumer.subscribe("a");
    let inside: string | undefined;
    for await (const record of consumer.records()) {
      assert.deepEqual(
        record.headers.map(({ key }) => key),
        ["own", "traceparent"],
      );
      inside = trace.getSpanContext(contextOf(record))?.traceId;
      break;
    }
    await consumer.close();
    const [send, process] = exporter.getFinishedSpans();
    assert.equal(send!.name, "send a");
    assert.equal(send!.kind, SpanKind.PRODUCER);
    assert.deepEqual(
      { ...send!.attributes },
      {
        "messaging.system": "kafka",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": "a",
        "messaging.client.id": "shop",
        "messaging.kafka.message.key": "k",
        "messaging.destination.partition.id": "0",
        "messaging.kafka.offset": 0,
      },
    );
    assert.equal(process!.name, "process a");
    assert.equal(process!.parentSpanContext?.spanId, send!.spanContext().spanId);
    assert.deepEqual([process!.attributes["messaging.consumer.group.name"], inside], ["g", send!.spanContext().traceId]);
  });

  test("a handler of run works within its span, and its failure is the span's", async () => {
    await client.producer().sendBatch([
      { topic: "b", value: "1" },
      { topic: "b", value: "2" },
    ]);
    exporter.reset();
    const consumer = client.consumer({ groupId: "g2", autoOffsetReset: "earliest" });
    consumer.subscribe("b");
    const active: (string | undefined)[] = [];
    const running = consumer.run({
      onError: { attempts: 1, otherwise: "skip" },
      eachRecord: async ({ offset }) => {
        active.push(trace.getActiveSpan()?.spanContext().spanId);
        if (offset === 0) throw new Error("no");
        void consumer.close();
      },
    });
    await running;
    const spans = exporter.getFinishedSpans();
    assert.deepEqual(
      active,
      spans.map((span) => span.spanContext().spanId),
    );
    assert.deepEqual(
      spans.map(({ status, attributes }) => [status.message, attributes["error.type"]]),
      [
        ["no", "Error"],
        [undefined, undefined],
      ],
    );
  });

  test("typed topics and transactions are traced, too; what is refused is an error of the span", async () => {
    exporter.reset();
    await client
      .topic("c", { value: json<{ n: number }>() })
      .producer()
      .send({ value: { n: 1 } });
    await client.producer({ transactionalId: "t" }).transaction((tx) =>
      tx.send([
        { topic: "d", value: "1" },
        { topic: "d", value: "2" },
      ]),
    );
    await assert.rejects(client.producer().send({ topic: "a b", value: "" }));
    assert.deepEqual(
      exporter
        .getFinishedSpans()
        .map(({ name, attributes }) => [name, attributes["messaging.batch.message_count"], attributes["error.type"]]),
      [
        ["send c", undefined, undefined],
        ["send d", 2, undefined],
        ["send a b", undefined, "INVALID_ARGUMENT"],
      ],
    );
  });

  test("metrics go by the conventions and by Java's names", async () => {
    const { resourceMetrics } = await reader.collect();
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const sumOf = (name: string) =>
      all.find(({ descriptor }) => descriptor.name === name)?.dataPoints.reduce((sum, { value }) => sum + Number(value), 0);
    assert.equal(sumOf("org.apache.kafka.producer.record.send.total"), 6);
    assert.equal(sumOf("org.apache.kafka.consumer.fetch.manager.records.consumed.total"), 3);
    assert.equal(sumOf("messaging.client.consumed.messages"), 3);
    assert.ok(all.some(({ descriptor }) => descriptor.name === "messaging.client.operation.duration"));
    assert.ok(all.some(({ descriptor }) => descriptor.name === "messaging.process.duration"));
  });

  test("batches have spans, of loops and of run, typed or not", async () => {
    await client.admin().createTopics([{ name: "e", partitionCount: 1 }]);
    await client.producer().send({ topic: "e", value: '{"n":1}' });
    const topic = client.topic("e", { value: json<{ n: number }>() });
    const spansOf = async (work: () => Promise<void>): Promise<unknown> => {
      exporter.reset();
      await work();
      return exporter
        .getFinishedSpans()
        .map(({ name, status, attributes }) => [name, status.message, attributes["messaging.batch.message_count"]]);
    };
    const options = { groupId: "ge", autoOffsetReset: "earliest", enableAutoCommit: false } as const;
    const untyped = async () => {
      await using consumer = client.consumer(options);
      consumer.subscribe("e");
      for await (const _ of consumer.batches()) break;
    };
    const typed = async () => {
      await using consumer = topic.consumer(options);
      for await (const { records } of consumer.batches()) {
        assert.deepEqual(records[0]!.value, { n: 1 });
        assert.ok(contextOf(records[0]!));
        break;
      }
    };
    const inRun = async () => {
      await using consumer = topic.consumer(options);
      await consumer.run({
        onError: { attempts: 1, otherwise: "skip" },
        eachBatch: () => {
          void consumer.close();
          throw new Error("no");
        },
      });
    };
    assert.deepEqual(await spansOf(untyped), [["process e", undefined, 1]]);
    assert.deepEqual(await spansOf(typed), [["process e", undefined, 1]]);
    assert.deepEqual(await spansOf(inRun), [["process e", "no", 1]]);
  });
});
