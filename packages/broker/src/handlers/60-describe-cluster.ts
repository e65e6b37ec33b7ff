// DescribeCluster v0-2. KIP-700, v1: endpoint type (KIP-919), v2: fenced brokers (KIP-1073). Endpoints are those of the listener asked.
// The controller has no listener of its own, so only brokers can be asked for; no broker is ever fenced.
import { ErrorCode } from "@ottla/protocol";
import {
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  describeClusterApi,
  makeDescribeClusterBroker,
  makeDescribeClusterResponse,
} from "@ottla/protocol/apis/describe-cluster";
import { clusterOperations, NOT_ASKED } from "../authorized-operations.ts";
import { need } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";

const BROKERS = 1;
const CONTROLLERS = 2;

export const describeClusterHandler: Handler<DescribeClusterRequest, DescribeClusterResponse> = {
  api: describeClusterApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: {
    needs: [
      need("DESCRIBE", "CLUSTER", "the cluster", { errorCode: ErrorCode.NONE, note: "else the answer tells no authorized operations" }),
    ],
  },

  handle({ broker, session, access }, { endpointType, includeClusterAuthorizedOperations }) {
    if (endpointType === CONTROLLERS)
      return refused(ErrorCode.MISMATCHED_ENDPOINT_TYPE, "This is a broker's endpoint; it lists brokers, not controllers.");
    if (endpointType !== BROKERS)
      return refused(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, `There is no endpoint type ${endpointType}; 1 stands for brokers.`);
    const { metadata } = broker;
    return makeDescribeClusterResponse({
      clusterId: metadata.clusterId,
      controllerId: metadata.controllerId,
      brokers: metadata.nodes.flatMap((node) => {
        const endpoint = endpointFor(node, session);
        return endpoint ? [makeDescribeClusterBroker({ brokerId: node.nodeId, ...endpoint, rack: node.rack })] : [];
      }),
      clusterAuthorizedOperations: includeClusterAuthorizedOperations ? clusterOperations(access) : NOT_ASKED,
    });
  },
};

function refused(errorCode: number, errorMessage: string): DescribeClusterResponse {
  return makeDescribeClusterResponse({ errorCode, errorMessage });
}
