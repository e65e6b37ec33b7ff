// ApiVersions v0-5. KIP-35, KIP-482 (v3: flexible), KIP-511 (v3: client software), KIP-584 (features), KIP-1242 (v5: the broker meant).
// The response header is v0 at every version; the dispatcher sends it so.
import { ErrorCode } from "@ottla/protocol";
import {
  type ApiVersionsRequest,
  type ApiVersionsResponse,
  apiVersionsApi,
  makeApiVersion,
  makeApiVersionsResponse,
  makeFinalizedFeatureKey,
  makeSupportedFeatureKey,
} from "@ottla/protocol/apis/api-versions";
import type { BrokerState } from "../broker-state.ts";
import { EVERYBODY } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { clusterFeatures, levelOf } from "../metadata/cluster-features.ts";

/** What Kafka lets a client call itself. */
const SOFTWARE_PATTERN = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

export const apiVersionsHandler: Handler<ApiVersionsRequest, ApiVersionsResponse> = {
  api: apiVersionsApi,
  minVersion: 0,
  maxVersion: 5,
  authorisation: EVERYBODY,
  beforeAuthentication: true,

  handle({ broker, session: { nodeId }, version }, request) {
    const errorCode = version >= 3 ? refusal(broker, nodeId, request) : ErrorCode.NONE;
    if (errorCode !== ErrorCode.NONE) return makeApiVersionsResponse({ errorCode });
    return makeApiVersionsResponse({ apiKeys: servedVersions(broker), ...(version >= 3 && features(broker.metadata, version)) });
  },
};

/** Older Java clients cannot read a feature that may be off, so version 3 leaves those out (KAFKA-17011). */
function features(metadata: BrokerState["metadata"], version: number): Partial<ApiVersionsResponse> {
  const supported = clusterFeatures.filter(({ minLevel }) => minLevel > 0 || version > 3);
  const finalized = clusterFeatures.map(({ name }) => ({ name, level: levelOf(metadata, name) })).filter(({ level }) => level > 0);
  return {
    supportedFeatures: supported.map(({ name, minLevel, maxLevel }) =>
      makeSupportedFeatureKey({ name, minVersion: minLevel, maxVersion: maxLevel }),
    ),
    finalizedFeaturesEpoch: metadata.featuresEpoch,
    finalizedFeatures: finalized.map(({ name, level }) =>
      makeFinalizedFeatureKey({ name, minVersionLevel: level, maxVersionLevel: level }),
    ),
  };
}

/** A client may say which broker of which cluster it means to talk to; one that reached another must find its cluster anew. */
function refusal({ metadata }: BrokerState, nodeId: number, request: ApiVersionsRequest): number {
  const named = SOFTWARE_PATTERN.test(request.clientSoftwareName) && SOFTWARE_PATTERN.test(request.clientSoftwareVersion);
  const namesCluster = request.clusterId !== null;
  if (!named || namesCluster !== (request.nodeId !== -1)) return ErrorCode.INVALID_REQUEST;
  if (!namesCluster || (request.clusterId === metadata.clusterId && request.nodeId === nodeId)) return ErrorCode.NONE;
  return ErrorCode.REBOOTSTRAP_REQUIRED;
}

/** The answer to a version that is not served: error 35 and what is. Encode it as version 0. */
export function unsupportedApiVersionsResponse(broker: BrokerState): ApiVersionsResponse {
  return makeApiVersionsResponse({
    errorCode: ErrorCode.UNSUPPORTED_VERSION,
    apiKeys: servedVersions(broker).filter(({ apiKey }) => apiKey === apiVersionsApi.key),
  });
}

function servedVersions(broker: BrokerState) {
  return broker.served.map(({ key, minVersion, maxVersion }) => makeApiVersion({ apiKey: key, minVersion, maxVersion }));
}
