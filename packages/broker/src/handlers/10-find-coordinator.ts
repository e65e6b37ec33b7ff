// FindCoordinator v0-6. v1 key type, v4 several keys (KIP-699), v6 share coordinators (KIP-932; refused as by a broker without them).
// Transactional ids are told where their coordinator will be; the coordinator itself comes with transactions.
import { TimeSlice } from "@ottla/base";
import { ErrorCode, errorInfo, KafkaError } from "@ottla/protocol";
import {
  type Coordinator,
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  findCoordinatorApi,
  makeCoordinator,
  makeFindCoordinatorResponse,
} from "@ottla/protocol/apis/find-coordinator";
import type { BrokerState } from "../broker-state.ts";
import { partitionForKey } from "../coordinator/partition-for-key.ts";
import type { Handler, RequestContext } from "../handler.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";

const GROUP = 0;
const TRANSACTION = 1;
const TRANSACTION_TOPIC = "__transaction_state";

export const findCoordinatorHandler: Handler<FindCoordinatorRequest, FindCoordinatorResponse> = {
  api: findCoordinatorApi,
  minVersion: 0,
  maxVersion: 6,

  async handle(context, { key, keyType, coordinatorKeys }) {
    if (context.version < 4) {
      const found = await find(context, keyType, key);
      return makeFindCoordinatorResponse({
        ...found,
        errorMessage: found.errorCode === ErrorCode.NONE ? "NONE" : errorInfo(found.errorCode).message,
      });
    }
    const coordinators: Coordinator[] = [];
    const slice = new TimeSlice(context.broker.clock);
    for (const each of coordinatorKeys) {
      const found = find(context, keyType, each);
      coordinators.push(makeCoordinator({ ...(found instanceof Promise ? await found : found), key: each }));
      if (slice.isOver) await slice.rest();
    }
    return makeFindCoordinatorResponse({ coordinators });
  },
};

interface Found {
  readonly errorCode: number;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** At once, unless the coordinator's topic must be created first. */
function find(context: RequestContext, keyType: number, key: string): Found | Promise<Found> {
  const { broker } = context;
  if (keyType === TRANSACTION) return located(context, transactionCoordinatorOf(broker, key));
  if (keyType !== GROUP) return notFound(ErrorCode.INVALID_REQUEST);
  const nodeId = broker.groups.knownCoordinatorOf(key);
  return nodeId === undefined ? findOnceCreated(context, key) : located(context, nodeId);
}

async function findOnceCreated(context: RequestContext, groupId: string): Promise<Found> {
  try {
    return located(context, await context.broker.groups.coordinatorOf(groupId));
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    context.broker.logger.warn("the topic of the group coordinator could not be created", { group: groupId, errorCode: error.errorCode });
    return notFound(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }
}

function located({ broker, session }: RequestContext, nodeId: number): Found {
  const endpoint = endpointFor(broker.metadata.node(nodeId), session);
  return endpoint ? { errorCode: ErrorCode.NONE, nodeId, ...endpoint } : notFound(ErrorCode.COORDINATOR_NOT_AVAILABLE);
}

function transactionCoordinatorOf({ metadata, config }: BrokerState, transactionalId: string): number {
  const topic = metadata.topic(TRANSACTION_TOPIC);
  const partition = partitionForKey(transactionalId, topic?.partitions.length ?? config.number("transaction.state.log.num.partitions"));
  return topic?.partitions[partition]?.leader ?? metadata.nodes[partition % metadata.nodes.length]?.nodeId ?? -1;
}

function notFound(errorCode: number): Found {
  return { errorCode, nodeId: -1, host: "", port: -1 };
}
