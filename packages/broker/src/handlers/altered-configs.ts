import { CLUSTER_NAME, errorInfo } from "@ottla/protocol";
import { need } from "../authorisation.ts";
import type { AlteredResource } from "../config/alter-resources.ts";
import type { Need } from "../handler.ts";
import { ResourceType } from "../config/config-resource.ts";

interface NamedResource {
  readonly resourceType: number;
  readonly resourceName: string;
}

const OF_TOPIC = need("ALTER_CONFIGS", "TOPIC", "each topic");
const OF_GROUP = need("ALTER_CONFIGS", "GROUP", "each group");
const OF_CLUSTER = need("ALTER_CONFIGS", "CLUSTER", "the cluster", { note: "for brokers, their loggers, and client metrics" });
const NEEDED = new Map<number, Need>([
  [ResourceType.TOPIC, OF_TOPIC],
  [ResourceType.GROUP, OF_GROUP],
  [ResourceType.BROKER, OF_CLUSTER],
  [ResourceType.BROKER_LOGGER, OF_CLUSTER],
  [ResourceType.CLIENT_METRICS, OF_CLUSTER],
]);

/** What changing settings needs, for both requests that do. */
export const TO_ALTER_CONFIGS = {
  need: [OF_TOPIC, OF_GROUP, OF_CLUSTER],
  needOf: ({ resourceType }: NamedResource): Need | undefined => NEEDED.get(resourceType),
  nameOf: ({ resourceType, resourceName }: NamedResource): string =>
    NEEDED.get(resourceType) === OF_CLUSTER ? CLUSTER_NAME : resourceName,
} as const;

export function refuseResource({ resourceType, resourceName }: NamedResource, errorCode: number): AlteredResource {
  return { resourceType, resourceName, errorCode, errorMessage: errorInfo(errorCode).message };
}
