import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditEvent, silentLogger } from "@ottla/base";
import { FaultyDisk, MemoryDisk } from "@ottla/base/simulated";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { createTopic, fetch, valuesOf } from "../../testing/data-path.ts";
import { TestBroker } from "../../testing/test-broker.ts";

const TOPIC = "__ottla_audit";
const SETTINGS = { "ottla.audit.topic": TOPIC, "ottla.audit.data.sample.one.in": "0", "log.segment.bytes": "1048576" };

async function eventsIn(broker: TestBroker): Promise<AuditEvent[]> {
  const { responses } = await fetch(broker, [{ topic: TOPIC, offset: 0 }]);
  return valuesOf(responses[0]?.partitions[0]?.records).map((text) => JSON.parse(text ?? "") as AuditEvent);
}

/** What the topic holds once it tells of the change of that topic. */
async function eventsWith(broker: TestBroker, name: string, action = "create"): Promise<AuditEvent[]> {
  for (;;) {
    const events = await eventsIn(broker);
    if (events.some((event) => event.kind === "change" && event.resource.name === name && event.action === action)) return events;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("the topic of events is deleted, made anew by somebody with a bound that no event keeps, and its disk is full: each event comes, in order", async () => {
  const disk = new FaultyDisk(new MemoryDisk(), (path) => !path.includes(TOPIC));
  let hasFailed: () => void = () => {};
  const failed = new Promise<void>((resolve) => (hasFailed = resolve));
  const logger = {
    ...silentLogger,
    error: (message: string) => void (message.startsWith("audit events cannot be written") && hasFailed()),
  };
  await using broker = await TestBroker.start({ disk, settings: SETTINGS, logger });
  await createTopic(broker, "first");
  await eventsWith(broker, "first");
  const remove = () => broker.send(deleteTopicsApi, 6, makeDeleteTopicsRequest({ topics: [makeDeleteTopicState({ name: TOPIC })] }));
  await remove();
  await createTopic(broker, "second");
  const again = await eventsWith(broker, "second");
  assert.ok(again.some((event) => event.kind === "change" && event.action === "delete" && event.resource.name === TOPIC));

  await remove();
  // Whoever is first makes it.
  await createTopic(broker, TOPIC, { "max.message.bytes": "10" }).catch(() => {});
  for (const name of ["third", "fourth"]) await createTopic(broker, name);
  await eventsWith(broker, "fourth");

  disk.isFull = true;
  for (const name of ["fifth", "sixth", "seventh"]) await createTopic(broker, name);
  await failed;
  disk.isFull = false;
  const events = await eventsWith(broker, "seventh");
  const seqs = events.map(({ seq }) => seq);
  const [least = 0] = seqs;
  assert.deepEqual(
    [...new Set(seqs)],
    Array.from({ length: new Set(seqs).size }, (_, at) => least + at),
    "none is missing; one that came twice has its number",
  );
  assert.equal(broker.running.state.audit?.lostCount, 0);
});
