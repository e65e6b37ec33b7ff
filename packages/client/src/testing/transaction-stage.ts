import { ErrorCode } from "@ottla/protocol";
import { addOffsetsToTxnApi, makeAddOffsetsToTxnResponse } from "@ottla/protocol/apis/add-offsets-to-txn";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnPartitionResult,
  makeAddPartitionsToTxnResponse,
  makeAddPartitionsToTxnTopicResult,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { apiVersionsApi, makeFinalizedFeatureKey } from "@ottla/protocol/apis/api-versions";
import { endTxnApi, makeEndTxnResponse } from "@ottla/protocol/apis/end-txn";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import { initProducerIdApi, makeInitProducerIdResponse } from "@ottla/protocol/apis/init-producer-id";
import { type ProduceRequest, produceApi } from "@ottla/protocol/apis/produce";
import {
  makeTxnOffsetCommitResponse,
  makeTxnOffsetCommitResponsePartition,
  makeTxnOffsetCommitResponseTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import { type Client, createClient } from "../client.ts";
import type { ClientOptions } from "../options/client-options.ts";
import type { ProducerOptions } from "../producer/producer-types.ts";
import { answerAll, batchesOf } from "./producer-stage.ts";
import { HOST, ScriptedBroker } from "./scripted-broker.ts";
import { makeWorld, type SimulatedWorld } from "./simulated-world.ts";

/** A cluster of scripted brokers with one transaction coordinator, and a client. Everything is granted unless a test says otherwise. */
export interface TransactionStage {
  readonly world: SimulatedWorld;
  readonly broker: ScriptedBroker;
  readonly others: readonly ScriptedBroker[];
  readonly client: Client;
  readonly producer: ReturnType<Client["producer"]>;
  /** What the brokers were asked about transactions and records, in order, one line each. */
  story(): string[];
  /** Who coordinates from now on. */
  coordinateAt(broker: ScriptedBroker): void;
}

export interface StageOptions {
  /** Default 2. */
  readonly transactionVersion?: number;
  /** Leaders of the partitions of topic t. Default: broker 1 leads three. */
  readonly leaders?: readonly number[];
  readonly brokers?: number;
  readonly first?: { readonly producerId: number; readonly producerEpoch: number };
  readonly client?: Partial<ClientOptions>;
  readonly producer?: ProducerOptions;
}

export async function startTransactions(options: StageOptions = {}): Promise<TransactionStage> {
  const { transactionVersion = 2, leaders = [1, 1, 1], brokers: count = 1 } = options;
  const world = makeWorld();
  const brokers: ScriptedBroker[] = [];
  for (let nodeId = 1; nodeId <= count; nodeId++) brokers.push(await ScriptedBroker.start(world.net, nodeId));
  const [broker] = brokers as [ScriptedBroker];
  let coordinator = broker;
  let who = options.first ?? { producerId: 77, producerEpoch: 0 };
  const next = () =>
    (who =
      who.producerEpoch < 32_766 ? { ...who, producerEpoch: who.producerEpoch + 1 } : { producerId: who.producerId + 1, producerEpoch: 0 });
  for (const each of brokers) {
    each.serveMetadata(() => ({ t: leaders, u: leaders }), brokers);
    each.on(apiVersionsApi, () => ({
      ...each.versions(),
      finalizedFeatures: [
        makeFinalizedFeatureKey({ name: "transaction.version", minVersionLevel: transactionVersion, maxVersionLevel: transactionVersion }),
      ],
      finalizedFeaturesEpoch: 1,
    }));
    each.on(findCoordinatorApi, ({ coordinatorKeys }) =>
      makeFindCoordinatorResponse({
        coordinators: coordinatorKeys.map((key) =>
          makeCoordinator({ key, nodeId: coordinator.nodeId, host: HOST, port: coordinator.port }),
        ),
      }),
    );
    each.on(initProducerIdApi, ({ producerId }) =>
      makeInitProducerIdResponse({ errorCode: ErrorCode.NONE, ...(producerId < 0 ? who : next()) }),
    );
    each.on(addPartitionsToTxnApi, ({ v3AndBelowTopics }) =>
      makeAddPartitionsToTxnResponse({
        resultsByTopicV3AndBelow: v3AndBelowTopics.map(({ name, partitions }) =>
          makeAddPartitionsToTxnTopicResult({
            name,
            resultsByPartition: partitions.map((partitionIndex) => makeAddPartitionsToTxnPartitionResult({ partitionIndex })),
          }),
        ),
      }),
    );
    each.on(addOffsetsToTxnApi, () => makeAddOffsetsToTxnResponse({}));
    each.on(txnOffsetCommitApi, ({ topics }) =>
      makeTxnOffsetCommitResponse({
        topics: topics.map(({ name, partitions }) =>
          makeTxnOffsetCommitResponseTopic({
            name,
            partitions: partitions.map(({ partitionIndex }) => makeTxnOffsetCommitResponsePartition({ partitionIndex })),
          }),
        ),
      }),
    );
    each.on(endTxnApi, (_request, version) => makeEndTxnResponse(version >= 5 ? next() : {}));
    each.on(produceApi, (request) => answerAll(request, {}));
  }
  const client = createClient({ bootstrapServers: broker.bootstrap, requestTimeoutMs: 2000, ...options.client }, world);
  const producer = client.producer({ transactionalId: "tx", maxBlockMs: 10_000, ...options.producer });
  return {
    world,
    broker,
    others: brokers.slice(1),
    client,
    producer,
    story: () => brokers.flatMap(storyOf),
    coordinateAt: (to) => (coordinator = to),
  };
}

function storyOf(broker: ScriptedBroker): string[] {
  return broker.seen.flatMap(({ key, version, request }) => {
    const line = describe(key, request);
    return line === undefined ? [] : [`${line} (v${version})`];
  });
}

interface Asked {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly v3AndBelowProducerId: number;
  readonly v3AndBelowProducerEpoch: number;
  readonly v3AndBelowTopics: readonly { readonly name: string; readonly partitions: readonly number[] }[];
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partitionIndex: number; readonly committedOffset: number }[];
  }[];
  readonly groupId: string;
  readonly generationIdOrMemberEpoch: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly committed: boolean;
}

function describe(key: number, request: unknown): string | undefined {
  const asked = request as Asked;
  const who = `${asked.producerId}/${asked.producerEpoch}`;
  switch (key) {
    case produceApi.key: {
      const batches = batchesOf([request as ProduceRequest]);
      return `Produce ${batches.map((b) => `${b.partition}:${b.values.join("+")} as ${b.id}/${b.epoch} #${b.sequence}`).join(", ")}`;
    }
    case initProducerIdApi.key:
      return `InitProducerId ${who}`;
    case addPartitionsToTxnApi.key: {
      const places = asked.v3AndBelowTopics.flatMap(({ name, partitions }) => partitions.map((p) => `${name}-${p}`));
      return `AddPartitionsToTxn ${places.join(" ")} as ${asked.v3AndBelowProducerId}/${asked.v3AndBelowProducerEpoch}`;
    }
    case addOffsetsToTxnApi.key:
      return `AddOffsetsToTxn ${asked.groupId} as ${who}`;
    case txnOffsetCommitApi.key: {
      const places = asked.topics.flatMap(({ name, partitions }) =>
        partitions.map((p) => `${name}-${p.partitionIndex}=${p.committedOffset}`),
      );
      const member = `${asked.memberId}@${asked.generationIdOrMemberEpoch}${asked.groupInstanceId === null ? "" : ` (${asked.groupInstanceId})`}`;
      return `TxnOffsetCommit ${asked.groupId} ${member}: ${places.join(" ")} as ${who}`;
    }
    case endTxnApi.key:
      return `EndTxn ${asked.committed ? "commit" : "abort"} as ${who}`;
    default:
      return undefined;
  }
}
