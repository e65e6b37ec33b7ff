/**
 * What the compiler must say of typed topics: each line under `@ts-expect-error` has to be refused, all else has to pass. Checked by `tsc`; nothing of it runs.
 */
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import type { Client } from "../client.ts";
import { defineTopic, double, int32, int64, json, nullable, type RecordDecodeError, type RecordOf, string, uuid } from "./index.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_Claim extends true>(): void {}

interface Order {
  readonly id: string;
  readonly quantity: number;
}

export async function typedEndToEnd(client: Client): Promise<void> {
  const orders = client.topic("orders", { key: string(), value: json<Order>() });
  const producer = orders.producer({ lingerMs: 5 });
  await producer.send({ key: "a", value: { id: "a", quantity: 1 } });
  await producer.send([{ key: "a", value: { id: "a", quantity: 1 }, headers: { trace: "1" }, partition: 0 }]);
  // @ts-expect-error the key is missing
  await producer.send({ value: { id: "a", quantity: 1 } });
  // @ts-expect-error a key is a text
  await producer.send({ key: 1, value: { id: "a", quantity: 1 } });
  // @ts-expect-error a quantity is a number
  await producer.send({ key: "a", value: { id: "a", quantity: "1" } });
  // @ts-expect-error no tombstones in this topic
  await producer.send({ key: "a", value: null });
  // @ts-expect-error the topic says where records go
  await producer.send({ topic: "other", key: "a", value: { id: "a", quantity: 1 } });
  // @ts-expect-error a list is checked, too
  await producer.sendBatch([{ key: "a", value: {} }]);

  for await (const record of orders.consumer({ groupId: "g" }).records()) {
    holds<Same<typeof record.key, string>>();
    holds<Same<typeof record.value, Order>>();
    holds<Same<typeof record.topic, "orders">>();
    holds<Same<typeof record.error, undefined>>();
    holds<Same<typeof record, RecordOf<typeof orders>>>();
  }
}

export async function tombstones(client: Client): Promise<void> {
  const state = client.topic("state", { key: nullable(string()), value: nullable(json<Order>()) });
  await state.producer().send({ value: null });
  await state.producer().send({ key: null, value: { id: "a", quantity: 1 } });
  // @ts-expect-error a tombstone is said, never meant
  await state.producer().send({ key: "a" });
  for await (const { key, value } of state.consumer().records()) {
    holds<Same<typeof key, string | null>>();
    holds<Same<typeof value, Order | null>>();
  }
  // @ts-expect-error the text null is no tombstone: nullable(json<Order>())
  json<Order | null>();
}

export async function undecodable(client: Client): Promise<void> {
  const numbers = client.topic("numbers", { key: int32(), value: double() });
  for await (const record of numbers.consumer({ groupId: "g", onUndecodable: "raw" }).records()) {
    holds<Same<typeof record.value, number | Buffer | null>>();
    if (record.error === undefined) holds<Same<typeof record.value, number>>();
    else {
      holds<Same<typeof record.value, Buffer | null>>();
      holds<Same<typeof record.error, RecordDecodeError>>();
    }
  }
  for await (const record of numbers.consumer({ onUndecodable: async (error) => (error.offset > 5 ? "skip" : "throw") }).records())
    holds<Same<typeof record.error, undefined>>();
  // @ts-expect-error no such way
  numbers.consumer({ onUndecodable: "ignore" });
  // @ts-expect-error no such option
  numbers.consumer({ onUndecodeable: "skip" });
}

export async function manyTopics(client: Client): Promise<void> {
  const orders = defineTopic("orders", { key: uuid(), value: json<Order>() });
  const totals = defineTopic("totals", { key: string(), value: int64() });
  for await (const record of client.topicsConsumer([orders, totals], { groupId: "g" }).records()) {
    holds<Same<typeof record.value, Order | bigint>>();
    if (record.topic === "orders") holds<Same<typeof record.value, Order>>();
    else holds<Same<typeof record.value, bigint>>();
  }
  const shared = client.producer();
  await client
    .topic(orders)
    .producer(shared)
    .send({ key: "a", value: { id: "a", quantity: 1 } });
  await client.topic(totals).producer(shared).send({ key: "a", value: 1n });
  // @ts-expect-error 64 bits are a bigint
  await client.topic(totals).producer(shared).send({ key: "a", value: 1 });
}

export async function validators(client: Client): Promise<void> {
  const withZod = client.topic("z", {
    value: json(z.object({ at: z.iso.datetime().transform((text) => new Date(text)), n: z.number().default(1) })),
  });
  await withZod.producer().send({ value: { at: "2026-01-01T00:00:00Z" } });
  // @ts-expect-error what is sent is the schema's input
  await withZod.producer().send({ value: { at: new Date(0) } });
  for await (const { value } of withZod.consumer().records()) holds<Same<typeof value, { at: Date; n: number }>>();

  const withValibot = client.topic("v", {
    value: json(
      v.pipeAsync(
        v.object({ n: v.number() }),
        v.checkAsync(async ({ n }) => n > 0),
      ),
    ),
  });
  await withValibot.producer().send({ value: { n: 1 } });
  // @ts-expect-error n is a number
  await withValibot.producer().send({ value: { n: "1" } });
  for await (const { value } of withValibot.consumer().records()) holds<Same<typeof value, { n: number }>>();

  const withArktype = client.topic("a", { value: nullable(json(type({ name: "string", "age?": "number" }))) });
  await withArktype.producer().send({ value: null });
  await withArktype.producer().send({ value: { name: "n" } });
  // @ts-expect-error a name is a text
  await withArktype.producer().send({ value: { name: 1 } });
}

export async function raw(client: Client): Promise<void> {
  const anything = client.topic("anything");
  await anything.producer().send({ value: "text" });
  await anything.producer().send({ key: Buffer.of(1), value: null });
  // @ts-expect-error a value is always said
  await anything.producer().send({});
  for await (const { key, value } of anything.consumer().records()) {
    holds<Same<typeof key, Buffer | null>>();
    holds<Same<typeof value, Buffer | null>>();
  }
}
