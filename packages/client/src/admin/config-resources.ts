import { listConfigResourcesApi, makeListConfigResourcesRequest } from "@ottla/protocol/apis/list-config-resources";
import { throwIfRefused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import { type AdminContext, askAnyBroker } from "./admin-context.ts";
import type { ConfigResource, ConfigResourceType } from "./admin-types.ts";
import { resourceTypeNumber, resourceTypeOf } from "./config-names.ts";

const TYPES_VERSION = 1;

/** Before version 1 brokers knew of client metrics only. */
export function listConfigResources(
  context: AdminContext,
  types: readonly ConfigResourceType[] | undefined,
  options: CallOptions = {},
): Promise<readonly ConfigResource[]> {
  const isOld = types?.length === 1 && types[0] === "clientMetrics";
  return askAnyBroker(
    context,
    listConfigResourcesApi,
    (version) => makeListConfigResourcesRequest({ resourceTypes: version < TYPES_VERSION ? [] : (types ?? []).map(resourceTypeNumber) }),
    (response) => {
      throwIfRefused(response.errorCode);
      return response.configResources.flatMap(({ resourceName, resourceType }) => {
        const type = resourceTypeOf(resourceType);
        return type === undefined ? [] : [{ type, name: resourceName }];
      });
    },
    { ...options, min: isOld ? undefined : TYPES_VERSION },
  );
}
