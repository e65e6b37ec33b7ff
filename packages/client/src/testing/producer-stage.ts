import { initProducerIdApi, makeInitProducerIdResponse } from "@ottla/protocol/apis/init-producer-id";
import {
  makePartitionProduceResponse,
  makeProduceResponse,
  makeTopicProduceResponse,
  type PartitionProduceResponse,
  type ProduceRequest,
  produceApi,
} from "@ottla/protocol/apis/produce";
import { baseSequence, producerEpoch, producerId, readRecords, recordCount } from "@ottla/protocol/records";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import { type Client, createClient } from "../client.ts";
import { type HANG_UP, ScriptedBroker, type SILENCE } from "./scripted-broker.ts";
import { makeWorld, type SimulatedWorld } from "./simulated-world.ts";
import type { ProducerRecord } from "../producer/record-types.ts";

export interface SentBatch {
  readonly partition: number;
  readonly id: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly count: number;
  readonly values: readonly string[];
  readonly bytes: Buffer;
}

export function batchesOf(requests: readonly ProduceRequest[]): SentBatch[] {
  return requests.flatMap((request) =>
    request.topicData.flatMap((topic) =>
      topic.partitionData.map(({ index, records }) => {
        const bytes = records as Buffer;
        return {
          partition: index,
          id: producerId(bytes, 0),
          epoch: producerEpoch(bytes, 0),
          sequence: baseSequence(bytes, 0),
          count: recordCount(bytes, 0),
          values: readRecords(bytes).map((record) => record.value!.toString()),
          bytes,
        };
      }),
    ),
  );
}

/** Answers every partition of a request in the same way. */
export function answerAll(request: ProduceRequest, answer: Partial<PartitionProduceResponse>): ReturnType<typeof makeProduceResponse> {
  return makeProduceResponse({
    responses: request.topicData.map((topic) =>
      makeTopicProduceResponse({
        name: topic.name,
        topicId: topic.topicId,
        partitionResponses: topic.partitionData.map(({ index }) =>
          makePartitionProduceResponse({ index, baseOffset: 0, logAppendTimeMs: -1, ...answer }),
        ),
      }),
    ),
  });
}

export interface Stage {
  readonly world: SimulatedWorld;
  readonly broker: ScriptedBroker;
  readonly client: Client;
  sent(): SentBatch[];
}

export async function start(leaders: readonly number[] = [1]): Promise<Stage> {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({ t: leaders }));
  broker.on(initProducerIdApi, () => makeInitProducerIdResponse({ producerId: 77, producerEpoch: 0 }));
  broker.on(produceApi, (request) => answerAll(request, {}));
  const client = createClient({ bootstrapServers: broker.bootstrap, requestTimeoutMs: 2000 }, world);
  return { world, broker, client, sent: () => batchesOf(broker.requestsOf(produceApi)) };
}

/** Answers Produce with each script in turn, the last one for good. */
export function inTurn(
  broker: ScriptedBroker,
  ...answers: ((request: ProduceRequest) => ReturnType<typeof answerAll> | typeof HANG_UP | typeof SILENCE)[]
): void {
  let at = 0;
  broker.on(produceApi, (request) => answers[Math.min(at++, answers.length - 1)]!(request));
}

export const record = (value: string, partition = 0): ProducerRecord => ({ topic: "t", partition, value });
export const failsWith = (code: ClientErrorCode) => (error: unknown) => error instanceof ClientError && error.code === code;
