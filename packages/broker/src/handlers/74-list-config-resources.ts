// ListConfigResources v0-1. KIP-1000 (v0: client metrics subscriptions alone, without their type), KIP-1142 (v1: every type that has settings).
import { ErrorCode } from "@ottla/protocol";
import {
  type ListConfigResourcesRequest,
  type ListConfigResourcesResponse,
  listConfigResourcesApi,
  makeConfigResource,
  makeListConfigResourcesResponse,
} from "@ottla/protocol/apis/list-config-resources";
import type { BrokerState } from "../broker-state.ts";
import { ResourceType } from "../config/config-resource.ts";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";

const TYPES: readonly number[] = Object.values(ResourceType);

export const listConfigResourcesHandler: Handler<ListConfigResourcesRequest, ListConfigResourcesResponse> = {
  api: listConfigResourcesApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: ofCluster("DESCRIBE_CONFIGS", (errorCode) => makeListConfigResourcesResponse({ errorCode })),

  handle({ broker, version }, request) {
    const asked =
      version === 0 ? [ResourceType.CLIENT_METRICS] : request.resourceTypes.length === 0 ? TYPES : [...new Set(request.resourceTypes)];
    if (!asked.every((type) => TYPES.includes(type))) return makeListConfigResourcesResponse({ errorCode: ErrorCode.UNSUPPORTED_VERSION });
    const configResources = asked.flatMap((resourceType) =>
      namesOf(broker, resourceType).map((resourceName) => makeConfigResource({ resourceName, resourceType })),
    );
    return makeListConfigResourcesResponse({ configResources });
  },
};

function namesOf({ metadata }: BrokerState, type: number): string[] {
  switch (type) {
    case ResourceType.TOPIC:
      return Array.from(metadata.topics(), (topic) => topic.name);
    case ResourceType.GROUP:
      return metadata.configuredResources("group");
    case ResourceType.CLIENT_METRICS:
      return metadata.configuredResources("client-metrics");
    default:
      return metadata.nodes.map((node) => String(node.nodeId));
  }
}
