// ApiVersions v0-4. KIP-35, KIP-482 (v3: flexible), KIP-511 (v3: client software), KIP-584 (features).
// The response header is v0 at every version (trap A1); the dispatcher sends it so. No feature is listed before it is implemented.
import { ErrorCode } from "@ottla/protocol";
import {
  type ApiVersionsRequest,
  type ApiVersionsResponse,
  apiVersionsApi,
  makeApiVersion,
  makeApiVersionsResponse,
} from "@ottla/protocol/apis/api-versions";
import type { BrokerState } from "../broker-state.ts";
import type { Handler } from "../handler.ts";

/** Trap A3. */
const SOFTWARE_PATTERN = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

export const apiVersionsHandler: Handler<ApiVersionsRequest, ApiVersionsResponse> = {
  api: apiVersionsApi,
  minVersion: 0,
  maxVersion: 4,
  beforeAuthentication: true,

  handle({ broker, version }, request) {
    const named = SOFTWARE_PATTERN.test(request.clientSoftwareName) && SOFTWARE_PATTERN.test(request.clientSoftwareVersion);
    if (version >= 3 && !named) return makeApiVersionsResponse({ errorCode: ErrorCode.INVALID_REQUEST });
    return makeApiVersionsResponse({ apiKeys: servedVersions(broker) });
  },
};

/** The answer to a version that is not served: error 35 and what is (trap A1). Encode it as version 0. */
export function unsupportedApiVersionsResponse(broker: BrokerState): ApiVersionsResponse {
  return makeApiVersionsResponse({
    errorCode: ErrorCode.UNSUPPORTED_VERSION,
    apiKeys: servedVersions(broker).filter(({ apiKey }) => apiKey === apiVersionsApi.key),
  });
}

function servedVersions(broker: BrokerState) {
  return broker.served.map(({ key, minVersion, maxVersion }) => makeApiVersion({ apiKey: key, minVersion, maxVersion }));
}
