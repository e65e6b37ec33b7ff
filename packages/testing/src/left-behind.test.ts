// Clients that come and go leave nothing behind, counted after a collection of all garbage, with real sockets.
import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { queryObjects } from "node:v8";
import { type Client, createClient } from "@ottla/client";
import { startKafka } from "./start-kafka.ts";

const GUESTS = 10;
/** What a loop or a weak reference may still hold of the last one or two. */
const LATE = 3;

/** What a client makes by itself, and nobody else has. Each look at one kind costs some collections of all garbage. */
const KINDS = { Socket, AbortSignal };

function count(): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, queryObjects(kind, { format: "count" })]));
}

/** All that a program may ask of a client; gives what it asked it of. */
async function work(guest: Client, i: number): Promise<Readonly<Record<string, object>>> {
  const producer = guest.producer({ compression: "lz4" });
  await producer.send({ topic: "t", value: "v" });
  const transactional = guest.producer({ transactionalId: "x" });
  await transactional.transaction((transaction) => transaction.send({ topic: "t", value: "v" }));
  const consumer = guest.consumer({
    groupId: `g${i % 2}`,
    groupProtocol: i % 2 === 0 ? "classic" : "consumer",
    autoOffsetReset: "earliest",
  });
  consumer.subscribe("t");
  while ((await consumer.poll(1000)).length === 0);
  await consumer.commit();
  const admin = guest.admin();
  await admin.describeCluster();
  return { client: guest, producer, "transactional producer": transactional, consumer, admin };
}

test("clients that come, work and go leave no object behind", async () => {
  await using kafka = await startKafka({ topics: { t: 2 } });
  const seen = new Map<string, WeakRef<object>[]>();
  const visit = async (i: number) => {
    const guest = createClient({ bootstrapServers: kafka.bootstrapServers });
    try {
      for (const [name, object] of Object.entries(await work(guest, i))) seen.set(name, [...(seen.get(name) ?? []), new WeakRef(object)]);
    } finally {
      await guest.close();
    }
  };
  await visit(0);
  await visit(1);
  const before = count();
  for (let i = 0; i < GUESTS; i++) await visit(i);
  const after = count();
  for (const [name, number] of Object.entries(after))
    assert.ok(number - before[name]! <= LATE, `${name}: ${before[name]} before ${GUESTS} clients came and went, ${number} now`);
  assert.equal(seen.size, 5);
  for (const [name, refs] of seen) {
    const left = refs.filter((ref) => ref.deref() !== undefined).length;
    assert.ok(left <= LATE, `${name}: ${left} of ${refs.length} are there`);
  }
});
