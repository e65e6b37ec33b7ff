// FindCoordinator v0-6. v1 key type, v4 several keys (KIP-699), v6 share coordinators (KIP-932; refused as by a broker without them).
// There are no transactions yet, and whoever asks for their coordinator is refused with an error that no client retries.
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
import type { Handler, RequestContext } from "../handler.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";

const GROUP = 0;
const TRANSACTION = 1;
const NO_TRANSACTIONS = "This broker does not serve transactions yet: leave transactional.id out, or use Apache Kafka.";

export const findCoordinatorHandler: Handler<FindCoordinatorRequest, FindCoordinatorResponse> = {
  api: findCoordinatorApi,
  minVersion: 0,
  maxVersion: 6,

  async handle(context, { key, keyType, coordinatorKeys }) {
    if (context.version < 4) {
      const { errorMessage, ...found } = await find(context, keyType, key);
      return makeFindCoordinatorResponse({ ...found, errorMessage: found.errorCode === ErrorCode.NONE ? "NONE" : errorMessage });
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
  readonly errorMessage: string;
}

/** At once, unless the coordinator's topic must be created first. */
function find(context: RequestContext, keyType: number, key: string): Found | Promise<Found> {
  const { broker } = context;
  if (keyType === TRANSACTION) return noTransactions(context.version);
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
  return endpoint ? { errorCode: ErrorCode.NONE, nodeId, ...endpoint, errorMessage: "" } : notFound(ErrorCode.COORDINATOR_NOT_AVAILABLE);
}

/** Java's client (version 4 and later) ends with the text for any code that it does not know here; librdkafka ends with the text for this one alone. */
function noTransactions(version: number): Found {
  return notFound(version >= 4 ? ErrorCode.INVALID_REQUEST : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, NO_TRANSACTIONS);
}

function notFound(errorCode: number, errorMessage = errorInfo(errorCode).message): Found {
  return { errorCode, nodeId: -1, host: "", port: -1, errorMessage };
}
