import type { SentRecord } from "@ottla/conformance/history/history";
import { ErrorCode } from "@ottla/protocol";
import { produceApi } from "@ottla/protocol/apis/produce";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import { type Client, isNothingDone } from "./client.ts";
import { batchOf, produceRequest } from "./produced-batch.ts";

const ATTEMPTS_MAX = 4;

/** Sends without idempotence, with acks 0, 1 or all, and sends again what was not answered: such records may be there more than once. */
export async function plainProducer(client: Client, acks: 0 | 1 | -1): Promise<void> {
  const { world, random, name } = client;
  for (let count = 0; !world.isClosing; ) {
    const topic = random.pick(world.topics);
    const partition = random.nextInt(topic.partitionCount);
    const records = Array.from({ length: 1 + random.nextInt(4) }, () =>
      world.history.send({
        value: `${name}-${++count}`,
        partition: topic.label(partition),
        key: `k${random.nextInt(5)}`,
        producer: name,
        isIdempotent: false,
      }),
    );
    await sendUntilKnown(client, { topic, partition, records, acks });
    await client.pause(world.scenario.paceMs);
  }
}

interface Sending {
  readonly topic: SimulatedTopic;
  readonly partition: number;
  readonly records: readonly SentRecord[];
  readonly acks: 0 | 1 | -1;
}

async function sendUntilKnown(client: Client, sending: Sending): Promise<void> {
  const { world, random } = client;
  const fillBytes = random.nextInt(world.scenario.fillBytesMax);
  let isUndone = true;
  for (let attempt = 0; attempt < ATTEMPTS_MAX && !world.isClosing; attempt++) {
    const code = await sendOnce(client, sending, fillBytes);
    if (code === ErrorCode.NONE || code === "told") return;
    isUndone &&= code !== "unknown" && isNothingDone(code);
    client.forgetLeaders();
    await client.pause(50);
  }
  if (isUndone) for (const record of sending.records) world.history.refuse(record);
}

/** A code, `unknown` when no answer came, `told` when none was asked for. */
async function sendOnce(
  client: Client,
  { topic, partition, records, acks }: Sending,
  fillBytes: number,
): Promise<number | "unknown" | "told"> {
  const { world } = client;
  const leader = await client.leaderOf(topic, partition);
  const wire = leader === undefined ? undefined : await client.wire(leader);
  if (!wire) return ErrorCode.LEADER_NOT_AVAILABLE;
  const request = produceRequest(topic, partition, batchOf(records, { fillBytes, nowMs: world.clock.nowMs() }), { acks });
  for (const record of records) record.attempts++;
  client.note("sends", records[0]!.value, records.length, topic.label(partition), `acks=${acks}`, `to ${leader}`);
  if (acks === 0) {
    wire.tell(produceApi, 13, request);
    return "told";
  }
  const answer = (await wire.call(produceApi, 13, request, 3000))?.responses[0]?.partitionResponses[0];
  client.note("heard of", records[0]!.value, answer ? `code ${answer.errorCode} offset ${answer.baseOffset}` : "nothing");
  if (!answer || client.isBug("Produce", answer.errorCode)) return "unknown";
  if (answer.errorCode === ErrorCode.NONE) records.forEach((record, i) => world.history.acknowledge(record, answer.baseOffset + i));
  return answer.errorCode;
}
