import type { SentRecord } from "@ottla/conformance/history/history";
import { ErrorCode } from "@ottla/protocol";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";
import { batchOf, produceRequest } from "./produced-batch.ts";
import type { Wire } from "./wire.ts";

const IN_FLIGHT_MAX = 5;
/** What heals by sending again, the same under the same numbers. */
const AGAIN: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
]);

interface Batch {
  readonly records: readonly SentRecord[];
  readonly sequence: number;
  readonly bytes: Buffer;
}

/** Sends each record until it is stored, once and in order: up to five batches are under way, and what fails is sent again under its old sequence numbers. */
export async function idempotentProducer(client: Client): Promise<void> {
  const { world, random } = client;
  let count = 0;
  while (!world.isClosing) {
    const id = await newProducerId(client);
    const topic = random.pick(world.topics);
    const partition = random.nextInt(topic.partitionCount);
    if (id === undefined) {
      await client.pause(100);
      continue;
    }
    let sequence = 0;
    for (let bursts = 1 + random.nextInt(12); bursts > 0 && !world.isClosing; bursts--) {
      const batches = Array.from({ length: 1 + random.nextInt(IN_FLIGHT_MAX) }, () => {
        const batch = nextBatch(client, { topic, partition, id, sequence, count });
        sequence += batch.records.length;
        count += batch.records.length;
        return batch;
      });
      if (!(await sendInOrder(client, topic, partition, batches))) break;
      await client.pause(world.scenario.paceMs);
    }
  }
}

async function newProducerId(client: Client): Promise<number | undefined> {
  const request = makeInitProducerIdRequest({ transactionalId: null, producerId: -1, producerEpoch: -1, transactionTimeoutMs: 0 });
  const answer = await client.call(client.anyNode, initProducerIdApi, 4, request);
  if (!answer || client.isBug("InitProducerId", answer.errorCode) || answer.errorCode !== ErrorCode.NONE) return undefined;
  return answer.producerId;
}

function nextBatch(
  client: Client,
  at: {
    readonly topic: SimulatedTopic;
    readonly partition: number;
    readonly id: number;
    readonly sequence: number;
    readonly count: number;
  },
): Batch {
  const { world, random, name } = client;
  const records = Array.from({ length: 1 + random.nextInt(3) }, (_, i) =>
    world.history.send({
      value: `${name}-${at.count + i + 1}`,
      partition: at.topic.label(at.partition),
      key: `k${random.nextInt(5)}`,
      producer: `${name}/${at.id}`,
      isIdempotent: true,
    }),
  );
  const producer = { id: at.id, epoch: 0, sequence: at.sequence };
  const fillBytes = random.nextInt(world.scenario.fillBytesMax);
  return { records, sequence: at.sequence, bytes: batchOf(records, { fillBytes, nowMs: world.clock.nowMs(), producer }) };
}

/** False when the producer must begin anew under another id; what was not acknowledged stays unknown then. */
async function sendInOrder(client: Client, topic: SimulatedTopic, partition: number, batches: readonly Batch[]): Promise<boolean> {
  const { world } = client;
  let waiting = [...batches];
  while (waiting.length > 0 && !world.isClosing) {
    const leader = await client.leaderOf(topic, partition);
    const wire = leader === undefined ? undefined : await client.wire(leader);
    if (!wire) {
      client.forgetLeaders();
      await client.pause(50);
      continue;
    }
    const codes = await Promise.all(waiting.map((batch) => sendBatch(client, wire, { topic, partition, batch })));
    const failed = waiting.filter((_, i) => codes[i] !== ErrorCode.NONE);
    const firstFailed = codes.findIndex((code) => code !== ErrorCode.NONE);
    // Behind a batch that is to be sent again, a gap in the numbers heals by itself.
    const isGap = (code: number | undefined, i: number): boolean => code === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER && i > firstFailed;
    const isOver = codes.some((code, i) => code !== undefined && code !== ErrorCode.NONE && !isGap(code, i) && !AGAIN.has(code));
    if (isOver) return false;
    waiting = failed;
    if (waiting.length === 0) break;
    client.forgetLeaders();
    await client.pause(50);
  }
  return waiting.length === 0;
}

/** The code of the answer; undefined where none came. */
async function sendBatch(
  client: Client,
  wire: Wire,
  { topic, partition, batch }: { readonly topic: SimulatedTopic; readonly partition: number; readonly batch: Batch },
): Promise<number | undefined> {
  const { records, sequence, bytes } = batch;
  for (const record of records) record.attempts++;
  client.note("sends", records[0]!.value, records.length, topic.label(partition), `sequence ${sequence}`);
  const answer = (await wire.call(produceApi, 13, produceRequest(topic, partition, bytes), 3000))?.responses[0]?.partitionResponses[0];
  client.note("heard of", records[0]!.value, answer ? `code ${answer.errorCode} offset ${answer.baseOffset}` : "nothing");
  if (!answer) return undefined;
  client.isBug("Produce", answer.errorCode);
  if (answer.errorCode !== ErrorCode.NONE && answer.errorCode !== ErrorCode.DUPLICATE_SEQUENCE_NUMBER) return answer.errorCode;
  records.forEach((record, i) => client.world.history.acknowledge(record, answer.baseOffset < 0 ? undefined : answer.baseOffset + i));
  return ErrorCode.NONE;
}
