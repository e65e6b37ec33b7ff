import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Attributes, metrics, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { createClient } from "../client.ts";
import { ShareBroker } from "../testing/share-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import { contextOf, withTelemetry } from "./index.ts";

interface Recorded {
  readonly name: string;
  readonly attributes: Attributes;
  isEnded: boolean;
}

const spans: Recorded[] = [];
const counted = new Map<string, number>();
const observers = new Map<string, (result: { observe(value: number, attributes?: Attributes): void }) => void>();

/** Keeps what is told of a span. */
function record(name: string, attributes: Attributes = {}): Span {
  const one: Recorded = { name, attributes: { ...attributes }, isEnded: false };
  spans.push(one);
  const span = {
    spanContext: () => ({ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 }),
    setAttribute: (key: string, value: string) => ((one.attributes[key] = value), span),
    setStatus: () => span,
    isRecording: () => true,
    end: () => void (one.isEnded = true),
  };
  return span as unknown as Span;
}

const instrument = (name: string) => ({
  add: (value: number) => void counted.set(name, (counted.get(name) ?? 0) + value),
  record: () => void counted.set(name, (counted.get(name) ?? 0) + 1),
  addCallback: (look: (result: never) => void) => void observers.set(name, look as never),
});
trace.setGlobalTracerProvider({
  getTracer: () => ({ startSpan: (name: string, options: { attributes?: Attributes }) => record(name, options.attributes) }) as never,
});
metrics.setGlobalMeterProvider({
  getMeter: () =>
    ({
      createCounter: instrument,
      createHistogram: instrument,
      createObservableCounter: instrument,
      createObservableGauge: instrument,
    }) as never,
});
after(() => {
  trace.disable();
  metrics.disable();
});

function observed(name: string): unknown[] {
  const points: unknown[] = [];
  observers.get(name)!({ observe: (value, attributes) => void points.push([value, attributes]) });
  return points;
}

test("a share consumer's records have spans of the work on them, and its acknowledgements are counted", async () => {
  const world = makeWorld();
  const share = await ShareBroker.start(world);
  const client = withTelemetry(createClient({ bootstrapServers: share.broker.bootstrap }, world), { clientId: "shop" });
  const told: number[] = [];
  const consumer = client.topic("t").shareConsumer({
    groupId: "g",
    onAcknowledged: (results) => void told.push(...results.flatMap(({ offsets }) => offsets)),
  });
  share.produce(3);
  const records = consumer.records();
  const { value: first } = await world.settle(records.next());
  assert.deepEqual(
    [spans.map(({ name, isEnded }) => [name, isEnded]), spans[0]!.attributes["messaging.consumer.group.name"]],
    [[["process t", false]], "g"],
  );
  assert.notEqual(contextOf(first!), ROOT_CONTEXT);
  await world.settle(records.next());
  assert.deepEqual(
    spans.map(({ isEnded }) => isEnded),
    [true, false],
  );
  await world.settle(records.return!());

  let calls = 0;
  const running = consumer.run({
    eachRecord() {
      if (++calls === 1) throw new TypeError("not today");
    },
    onError: { backoffMs: 1, rejectAfter: 1 },
  });
  await world.settle(new Promise<void>((resolve) => world.clock.schedule(100, resolve)));
  await world.settle(consumer.close());
  await running;
  assert.ok(spans.every(({ isEnded }) => isEnded));
  assert.deepEqual(
    spans.map(({ attributes }) => attributes["error.type"]).filter((type) => type !== undefined),
    ["TypeError"],
  );
  assert.equal(counted.get("messaging.client.consumed.messages"), spans.length);
  assert.equal(counted.get("messaging.process.duration"), spans.length);
  const labels = { client_id: "shop", group_id: "g" };
  const prefix = "org.apache.kafka.consumer.share.fetch.manager.acknowledgements";
  assert.deepEqual([observed(`${prefix}.send.total`), observed(`${prefix}.error.total`)], [[[told.length, labels]], [[0, labels]]]);
  assert.equal(share.count("accepted") + share.count("rejected"), 3);
  await world.settle(client.close());
});

test("options that make no sense are refused by the consumer, under its own names", () => {
  const client = withTelemetry(createClient({ bootstrapServers: "127.0.0.1:1" }));
  for (const options of [undefined, null, 5, { groupId: "" }, { groupId: "g", onAcknowledged: 5 }])
    assert.throws(() => client.shareConsumer(options as never), { name: "ClientError" });
});
