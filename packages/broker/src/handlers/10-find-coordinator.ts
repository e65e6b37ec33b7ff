// FindCoordinator v0-6. v1 key type, v4 several keys (KIP-699), v6 share coordinators (KIP-932; refused as by a broker without them).
import { TimeSlice } from "@ottla/base";
import { CLUSTER_NAME, ErrorCode, errorInfo, KafkaError } from "@ottla/protocol";
import {
  type Coordinator,
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  findCoordinatorApi,
  makeCoordinator,
  makeFindCoordinatorResponse,
} from "@ottla/protocol/apis/find-coordinator";
import { decideEach, isMet, need } from "../authorisation.ts";
import type { Handler, RequestContext } from "../handler.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";

const GROUP = 0;
const TRANSACTION = 1;
const SHARE = 2;
const SHARE_FROM_VERSION = 6;

const MAY_SEE_GROUP = need("DESCRIBE", "GROUP", "each group");
const MAY_SEE_ID = need("DESCRIBE", "TRANSACTIONAL_ID", "each transactional id");
const IS_BROKER = need("CLUSTER_ACTION", "CLUSTER", "the cluster", { note: "of share coordinators, from version 6 on" });
const NEEDED = new Map([
  [GROUP, MAY_SEE_GROUP],
  [TRANSACTION, MAY_SEE_ID],
]);

export const findCoordinatorHandler: Handler<FindCoordinatorRequest, FindCoordinatorResponse> = {
  api: findCoordinatorApi,
  minVersion: 0,
  maxVersion: 6,
  authorisation: {
    needs: [MAY_SEE_GROUP, MAY_SEE_ID, IS_BROKER],
    decide(context, request) {
      const { keyType, key, coordinatorKeys } = request;
      if (keyType === SHARE) {
        if (context.version < SHARE_FROM_VERSION || isMet(context.access, IS_BROKER, CLUSTER_NAME)) return { kind: "go-on", request };
        const coordinators = coordinatorKeys.map((each) => makeCoordinator({ ...notFound(IS_BROKER.errorCode), key: each }));
        return { kind: "answer", response: makeFindCoordinatorResponse({ coordinators }) };
      }
      const needed = NEEDED.get(keyType);
      if (needed === undefined) return { kind: "go-on", request };
      if (context.version < 4) {
        if (isMet(context.access, needed, key)) return { kind: "go-on", request };
        return { kind: "answer", response: makeFindCoordinatorResponse(notFound(needed.errorCode)) };
      }
      return decideEach(
        {
          need: needed,
          items: (whole) => whole.coordinatorKeys,
          nameOf: (each) => each,
          narrow: (whole, keys) => ({ ...whole, coordinatorKeys: keys }),
          refuse: (each, errorCode) => makeCoordinator({ ...notFound(errorCode), key: each }),
          join: (response, _, weave) => ({ ...response, coordinators: weave(response.coordinators) }),
        },
        context,
        request,
      );
    },
  },

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
  const coordinators = coordinatorsOf(context, keyType);
  if (coordinators === undefined) return notFound(ErrorCode.INVALID_REQUEST);
  const nodeId = coordinators.knownCoordinatorOf(key);
  return nodeId === undefined ? findOnceCreated(context, coordinators, key) : located(context, nodeId);
}

/** Who knows where the keys of one type are coordinated. */
interface Coordinators {
  knownCoordinatorOf(key: string): number | undefined;
  coordinatorOf(key: string): Promise<number>;
}

function coordinatorsOf({ broker }: RequestContext, keyType: number): Coordinators | undefined {
  switch (keyType) {
    case GROUP:
      return broker.groups;
    case TRANSACTION:
      return broker.transactions;
    default:
      return undefined;
  }
}

async function findOnceCreated(context: RequestContext, coordinators: Coordinators, key: string): Promise<Found> {
  try {
    return located(context, await coordinators.coordinatorOf(key));
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    context.broker.logger.warn("the topic of a coordinator could not be created", { key, errorCode: error.errorCode });
    return notFound(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }
}

function located({ broker, session }: RequestContext, nodeId: number): Found {
  const endpoint = endpointFor(broker.metadata.node(nodeId), session);
  return endpoint ? { errorCode: ErrorCode.NONE, nodeId, ...endpoint, errorMessage: "" } : notFound(ErrorCode.COORDINATOR_NOT_AVAILABLE);
}

function notFound(errorCode: number, errorMessage = errorInfo(errorCode).message): Found {
  return { errorCode, nodeId: -1, host: "", port: -1, errorMessage };
}
