// FindCoordinator v0-6. v1 key type, v4 several keys (KIP-699), v6 share coordinators (KIP-932; refused as by a broker without them).
// Transactional ids are told where their coordinator will be; the coordinator itself comes with transactions.
import { ErrorCode, errorInfo, KafkaError } from "@ottla/protocol";
import {
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  findCoordinatorApi,
  makeCoordinator,
  makeFindCoordinatorResponse,
} from "@ottla/protocol/apis/find-coordinator";
import type { BrokerState } from "../broker-state.ts";
import { partitionForKey } from "../groups/group-partition.ts";
import type { Handler, RequestContext } from "../handler.ts";

const GROUP = 0;
const TRANSACTION = 1;
const TRANSACTION_TOPIC = "__transaction_state";

export const findCoordinatorHandler: Handler<FindCoordinatorRequest, FindCoordinatorResponse> = {
  api: findCoordinatorApi,
  minVersion: 0,
  maxVersion: 6,

  async handle(context, { key, keyType, coordinatorKeys }) {
    if (context.version >= 4) {
      const found = await Promise.all(coordinatorKeys.map((each) => find(context, keyType, each)));
      return makeFindCoordinatorResponse({
        coordinators: found.map((coordinator, i) => makeCoordinator({ ...coordinator, key: coordinatorKeys[i] ?? "" })),
      });
    }
    const found = await find(context, keyType, key);
    return makeFindCoordinatorResponse({
      ...found,
      errorMessage: found.errorCode === ErrorCode.NONE ? "NONE" : errorInfo(found.errorCode).message,
    });
  },
};

interface Found {
  readonly errorCode: number;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

async function find({ broker, listenerName }: RequestContext, keyType: number, key: string): Promise<Found> {
  const nodeId = await coordinatorOf(broker, keyType, key);
  if (nodeId instanceof KafkaError) return notFound(nodeId.errorCode);
  const endpoint = broker.metadata.node(nodeId)?.endpoints.get(listenerName);
  return endpoint ? { errorCode: ErrorCode.NONE, nodeId, ...endpoint } : notFound(ErrorCode.COORDINATOR_NOT_AVAILABLE);
}

async function coordinatorOf(broker: BrokerState, keyType: number, key: string): Promise<number | KafkaError> {
  if (keyType === TRANSACTION) return transactionCoordinatorOf(broker, key);
  if (keyType !== GROUP) return new KafkaError(ErrorCode.INVALID_REQUEST);
  try {
    return await broker.groups.coordinatorOf(key);
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    broker.logger.warn("the topic of the group coordinator could not be created", { group: key, errorCode: error.errorCode });
    return new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }
}

function transactionCoordinatorOf({ metadata, config }: BrokerState, transactionalId: string): number {
  const topic = metadata.topic(TRANSACTION_TOPIC);
  const partition = partitionForKey(transactionalId, topic?.partitions.length ?? config.number("transaction.state.log.num.partitions"));
  return topic?.partitions[partition]?.leader ?? metadata.nodes[partition % metadata.nodes.length]?.nodeId ?? -1;
}

function notFound(errorCode: number): Found {
  return { errorCode, nodeId: -1, host: "", port: -1 };
}
