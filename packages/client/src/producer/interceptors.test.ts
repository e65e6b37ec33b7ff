import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Logger } from "@ottla/base";
import { createClient } from "../client.ts";
import { record, start } from "../testing/producer-stage.ts";
import type { ProducerInterceptor } from "./producer-types.ts";

function recording(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const line = (message: string, fields?: Readonly<Record<string, unknown>>) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { lines, logger: { debug: () => {}, info: () => {}, warn: () => {}, error: line } };
}

describe("interceptors", () => {
  test("see every record on its way and at its end, in their order, whichever call sent it", async () => {
    const { world, client, sent } = await start();
    const seen: string[] = [];
    const tag = (name: string): ProducerInterceptor => ({
      onSend: (each) => ({ ...each, value: `${String(each.value)}${name}` }),
      onAcknowledgement: (error, metadata, each) =>
        seen.push(`${name} ${String(each.value)} ${error ? (error as { code?: string }).code : metadata!.offset}`),
    });
    const producer = client.producer({ interceptors: [tag("1"), tag("2")] });
    await world.settle(producer.send(record("a")));
    await world.settle(producer.sendBatch([record("b"), { ...record("c"), timestamp: Number.NaN }]));
    void producer.enqueue(record("d"));
    await world.settle(producer.flush());
    assert.deepEqual(
      sent().flatMap(({ values }) => values),
      ["a12", "b12", "d12"],
    );
    assert.deepEqual(seen.toSorted(), [
      "1 a12 0",
      "1 b12 0",
      "1 c12 INVALID_ARGUMENT",
      "1 d12 0",
      "2 a12 0",
      "2 b12 0",
      "2 c12 INVALID_ARGUMENT",
      "2 d12 0",
    ]);
  });

  test("that throw are logged, and harm neither the record nor each other", async () => {
    const { world, broker } = await start();
    const { logger, lines } = recording();
    const seen: string[] = [];
    const client = createClient({ bootstrapServers: broker.bootstrap }, { ...world, logger });
    const wild: ProducerInterceptor = {
      onSend() {
        throw new Error("at the start");
      },
      onAcknowledgement() {
        throw new Error("at the end");
      },
    };
    const producer = client.producer({
      interceptors: [wild, { onSend: () => {}, onAcknowledgement: (_e, metadata) => seen.push(String(metadata?.offset)) }],
    });
    assert.equal((await world.settle(producer.send(record("a")))).offset, 0);
    assert.deepEqual(seen, ["0"]);
    assert.deepEqual(lines, [
      'an interceptor threw {"hook":"onSend","error":"at the start"}',
      'an interceptor threw {"hook":"onAcknowledgement","error":"at the end"}',
    ]);
  });

  test("only look on: a failure that nobody else hears of is still told by flush", async () => {
    const { world, client } = await start();
    const producer = client.producer({ interceptors: [{ onAcknowledgement: () => {} }] });
    void producer.enqueue({ ...record("x"), timestamp: Number.NaN });
    await assert.rejects(world.settle(producer.flush()), { code: "INVALID_ARGUMENT" });
    await world.settle(producer.flush());
    assert.throws(() => client.producer({ interceptors: [{ onSend: 3 as never }] }), { code: "INVALID_OPTION", subject: "interceptors" });
  });
});
