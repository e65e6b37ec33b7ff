// Spans and metrics of applications, as a program with OpenTelemetry's own SDK sees them.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { type Attributes, context, metrics, propagation, type SpanContext, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { type Headers, serdes, streams, StreamsBuilder, type Topology, TopologyTestDriver } from "@ottla/streams";
import { observeMetrics, taskSpans } from "@ottla/streams/opentelemetry";
import { startKafka } from "@ottla/testing";

/** Collects what is new when it is asked. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const texts = { key: serdes.string, value: serdes.string };
const exporter = new InMemorySpanExporter();
const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });

/** A sender's span, as it stands in headers. */
const sender = (digit: string) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16) });
const sentBy = (digit: string): Headers => [
  { key: "own", value: Buffer.from("1") },
  { key: "traceparent", value: Buffer.from(`00-${sender(digit).traceId}-${sender(digit).spanId}-01`) },
];
const traceOf = (traceparent: unknown) => {
  const [, traceId, spanId] = typeof traceparent === "string" ? traceparent.split("-") : [];
  return { traceId, spanId };
};
const traceIn = (headers: Headers) => traceOf(headers.findLast(({ key }) => key === "traceparent")?.value?.toString());
const finished = () =>
  exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    parent: span.parentSpanContext?.spanId,
    id: span.spanContext(),
    links: span.links.map((link) => link.context.spanId),
    attributes: { ...span.attributes },
    status: span.status,
    events: span.events.map(({ name }) => name),
  }));

function upper(see: () => void = () => {}): Topology {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .mapValues(
      (value) => {
        see();
        if (value === "bad") throw new Error("no");
        return value.toUpperCase();
      },
      { name: "shout" },
    )
    .to("out", texts);
  return b.build();
}

describe("OpenTelemetry of applications", () => {
  before(() => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  beforeEach(() => exporter.reset());
  after(() => {
    for (const api of [trace, metrics, propagation, context]) api.disable();
  });

  test("per record: a span is its sender's child, is active in steps, and what is written carries its context", () => {
    let active: string | undefined;
    const topology = upper(() => (active = trace.getActiveSpan()?.spanContext().spanId));
    using driver = new TopologyTestDriver(topology, { applicationId: "shop", spans: taskSpans({ per: "record" }) });
    driver.inputTopic("in", texts).pipeInput({ key: "k", value: "v", headers: sentBy("a") });
    const [span, ...more] = finished();
    assert.deepEqual([more, span!.name, span!.kind, span!.parent], [[], "process in", SpanKind.CONSUMER, sender("a").spanId]);
    assert.deepEqual(span!.attributes, {
      "messaging.system": "kafka",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.consumer.group.name": "shop",
      "messaging.destination.name": "in",
      "messaging.destination.partition.id": "0",
      "messaging.kafka.offset": 0,
      "messaging.kafka.message.key": "k",
      "messaging.message.body.size": 1,
      "ottla.streams.task.id": "0_0",
    });
    assert.equal(active, span!.id.spanId);
    const [written] = driver.outputTopic("out", texts).readRecords();
    assert.deepEqual(
      written!.headers.map(({ key }) => key),
      ["own", "traceparent"],
    );
    assert.deepEqual(traceIn(written!.headers), { traceId: sender("a").traceId, spanId: span!.id.spanId });
  });

  test("per record: what fails is an error of its span, dropped or not; retries that helped are none", () => {
    let calls = 0;
    const b = new StreamsBuilder();
    b.stream("in", texts)
      .mapValues(
        (value) => {
          if (value === "bad" || calls++ === 0) throw new Error("no");
          return value;
        },
        { name: "shout" },
      )
      .to("out", texts);
    using driver = new TopologyTestDriver(b.build(), {
      spans: taskSpans({ per: "record" }),
      onError: { process: ({ value, attempt }) => (value === "bad" ? "continue" : attempt > 3 ? "fail" : "retry") },
    });
    driver.inputTopic("in", texts).pipeInput("k", "good");
    driver.inputTopic("in", texts).pipeInput("k", "bad");
    assert.deepEqual(
      finished().map(({ status, attributes, events }) => [status.code, attributes["error.type"], events]),
      [
        [SpanStatusCode.UNSET, undefined, []],
        [SpanStatusCode.ERROR, "STREAMS_PROCESSING", ["exception"]],
      ],
    );
    using stopped = new TopologyTestDriver(upper(), { spans: taskSpans({ per: "record" }) });
    exporter.reset();
    assert.throws(() => stopped.inputTopic("in", texts).pipeInput("k", "bad"), { code: "STREAMS_PROCESSING" });
    const [span] = finished();
    assert.match(span!.status.message!, /shout failed on the record in-0 at offset 0/);
  });

  test("what waits for a call goes on with its record's context, and so does what is asked in it", async () => {
    const active: (string | undefined)[] = [];
    const b = new StreamsBuilder();
    b.stream("in", texts)
      .mapAsync(async (value) => {
        active.push(trace.getActiveSpan()?.spanContext().traceId);
        await Promise.resolve();
        active.push(trace.getActiveSpan()?.spanContext().traceId);
        return value;
      })
      .peek(() => active.push(trace.getActiveSpan()?.spanContext().traceId))
      .to("out", texts);
    using driver = new TopologyTestDriver(b.build(), { spans: taskSpans({ per: "record" }) });
    driver.inputTopic("in", texts).pipeInput({ key: "k", value: "v", headers: sentBy("c") });
    await driver.settle();
    const { traceId } = sender("c");
    assert.deepEqual(active, [traceId, traceId, traceId]);
    const [written] = driver.outputTopic("out", texts).readRecords();
    assert.deepEqual(traceIn(written!.headers), { traceId, spanId: finished()[0]!.id.spanId });
  });

  for (const per of ["batch", "record"] as const) {
    test(`a punctuator has a span, which is active while it is called (per ${per})`, () => {
      let active: SpanContext | undefined;
      const b = new StreamsBuilder();
      b.stream("in", texts).process<string, string>(
        () => ({
          init(processing) {
            processing.schedule(100, "wallClockTime", () => (active = trace.getActiveSpan()?.spanContext()));
          },
          process() {},
        }),
        { name: "clock" },
      );
      using driver = new TopologyTestDriver(b.build(), { spans: taskSpans({ per }) });
      driver.advanceWallClockTime(100);
      const [span, ...more] = finished();
      assert.deepEqual([more, span!.name, span!.kind, span!.parent], [[], "punctuate clock", SpanKind.INTERNAL, undefined]);
      assert.deepEqual(active, span!.id);
    });
  }

  test("per batch: one span for records of a task, with links to their senders, each once; records go on with what they came with", async () => {
    await using kafka = await startKafka({ topics: { in: 1, out: 1 } });
    await using app = streams(upper(), {
      applicationId: "shop",
      bootstrapServers: kafka.bootstrapServers,
      commitIntervalMs: 20,
      onError: { process: "continue" },
      spans: taskSpans(),
    });
    const send = (values: readonly string[], headers: Headers) =>
      values.map((value) => ({ topic: "in", partition: 0, key: value, value, headers: [...headers] }));
    await kafka
      .client()
      .producer()
      .sendBatch([...send(["a", "bad", "b"], sentBy("a")), ...send(["c"], sentBy("b")), ...send(["d"], [])]);
    await app.start();
    await kafka.topic("out").has([{ key: "a" }, { key: "b" }, { key: "c" }, { key: "d" }]);
    const countOf = ({ attributes }: { attributes: Attributes }) => Number(attributes["messaging.batch.message_count"]);
    await kafka.until("its spans are over", async () => finished().reduce((sum, span) => sum + countOf(span), 0) === 5);
    const spans = finished();
    // A batch ends early where the producer has no room, as before it knows the topic.
    assert.ok(spans.length < 5, `${spans.length} spans of 5 records`);
    for (const span of spans) {
      assert.deepEqual([span.name, span.kind, span.parent], ["process in", SpanKind.CONSUMER, undefined]);
      assert.deepEqual(span.attributes, {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": "shop",
        "messaging.destination.name": "in",
        "messaging.destination.partition.id": "0",
        "messaging.batch.message_count": countOf(span),
        "ottla.streams.task.id": "0_0",
      });
      assert.equal(new Set(span.links).size, span.links.length);
      // The handler let it pass.
      assert.equal(span.status.code, SpanStatusCode.UNSET);
    }
    assert.deepEqual([...new Set(spans.flatMap(({ links }) => links))], [sender("a").spanId, sender("b").spanId]);
    assert.deepEqual(
      spans.flatMap(({ events }) => events),
      ["exception"],
    );
    const written = await kafka.topic("out").records();
    assert.deepEqual(
      written.map(({ headers }) => traceOf(headers["traceparent"]).spanId),
      [sender("a").spanId, sender("a").spanId, sender("b").spanId, undefined],
    );
  });

  test("metrics that are numbers are collected under the names of Java's clients, and end with the application", async () => {
    await using kafka = await startKafka({ topics: { in: 1, out: 1 } });
    const app = streams(upper(), { applicationId: "seen", bootstrapServers: kafka.bootstrapServers, commitIntervalMs: 20 });
    observeMetrics(app);
    await app.start();
    await kafka.topic("in").produce([{ key: "k", value: "v" }]);
    await kafka.topic("out").has([{ key: "k" }]);
    await kafka.until("it is counted", async () => (await app.tasks())[0]?.processedCount === 1);
    const collected = async () => (await reader.collect()).resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const all = new Map((await collected()).map((metric) => [metric.descriptor.name, metric]));
    const told = (await app.metrics()).filter(({ value }) => typeof value === "number" && !Number.isNaN(value));
    const missing = told.filter(({ group, name, tags }) => {
      const found = all.get(`org.apache.kafka.${group.replace("-metrics", "")}.${name}`.replaceAll("-", "."));
      return !found?.dataPoints.some(({ attributes }) => JSON.stringify(attributes) === JSON.stringify(tags));
    });
    assert.deepEqual(missing, []);
    assert.ok(told.length > 40);
    const processed = all.get("org.apache.kafka.stream.task.process.total")!;
    assert.deepEqual([processed.dataPoints[0]!.value, (processed as { isMonotonic?: boolean }).isMonotonic], [1, true]);
    assert.equal(all.get("org.apache.kafka.stream.client.state")?.dataPoints[0]?.value, 2);
    await app.close();
    assert.deepEqual(
      (await collected()).filter(({ dataPoints }) => dataPoints.length > 0),
      [],
    );
  });

  test("on threads the module's spans count, and a function among the options is refused by name", async () => {
    const module = new URL("./spanned-module.ts", import.meta.url);
    assert.throws(
      () => streams(module, { applicationId: "t", bootstrapServers: "localhost:1", workers: 1, spans: taskSpans() }),
      /spans is or has a function.*export const spans/,
    );
    assert.throws(
      () => streams(upper(), { applicationId: "t", bootstrapServers: "localhost:1", spans: { per: "batch" } as never }),
      /taskSpans\(\) of @ottla\/streams\/opentelemetry/,
    );
    await using kafka = await startKafka({ topics: { in: 1, out: 1 } });
    await using app = streams(module, {
      applicationId: "spanned",
      bootstrapServers: kafka.bootstrapServers,
      workers: 1,
      commitIntervalMs: 20,
    });
    await app.start();
    await kafka
      .client()
      .producer()
      .send({ topic: "in", key: "k", value: "v", headers: [...sentBy("e")] });
    await kafka.topic("out").has([{ key: "k" }]);
    const [written] = await kafka.topic("out").records();
    const { traceId, spanId } = traceOf(written!.headers["traceparent"]);
    assert.equal(traceId, sender("e").traceId);
    assert.notEqual(spanId, sender("e").spanId);
    // Made there, not here.
    assert.deepEqual(finished(), []);
  });
});
