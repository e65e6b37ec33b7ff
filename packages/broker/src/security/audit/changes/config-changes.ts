import type { AlterConfigsRequest, AlterConfigsResponse } from "@ottla/protocol/apis/alter-configs";
import type { IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse } from "@ottla/protocol/apis/incremental-alter-configs";
import { brokerKeyOf } from "../../../config/broker-key.ts";
import { ResourceType } from "../../../config/config-resource.ts";
import { clientMetricsConfigDef, groupConfigDef, topicConfigDef } from "../../../config/resource-config-defs.ts";
import { shortName } from "../audit-names.ts";
import { type ChangeItem, type ChangeReader, changeItem } from "./change-item.ts";

/** Settings of one change that are told; the others are counted. */
const SETTINGS_MAX = 50;
const OPERATIONS: readonly string[] = ["set", "delete", "append", "subtract"];
const TYPES: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(ResourceType).map(([name, number]) => [number, name]));

interface Setting {
  readonly name: string;
  readonly value: string | null;
  readonly configOperation?: number;
}

/** Names with their values; of what may be a secret, or is not known, the name alone. */
export function shownConfigs(type: string, configs: readonly Setting[]): readonly Record<string, unknown>[] {
  const told = configs.slice(0, SETTINGS_MAX).map(({ name, value, configOperation }) => ({
    name: shortName(name),
    ...(configOperation !== undefined && { operation: OPERATIONS[configOperation] ?? String(configOperation) }),
    ...(value !== null && isPublic(type, name) && { value: shortName(value) }),
  }));
  return configs.length > SETTINGS_MAX ? [...told, { more: configs.length - SETTINGS_MAX }] : told;
}

function isPublic(type: string, name: string): boolean {
  const key =
    type === "TOPIC"
      ? topicConfigDef.get(name)
      : type === "GROUP"
        ? groupConfigDef.get(name)
        : type === "CLIENT_METRICS"
          ? clientMetricsConfigDef.get(name)
          : brokerKeyOf(name);
  return key !== undefined && !key.sensitive;
}

export const alteredConfigs: ChangeReader<
  AlterConfigsRequest | IncrementalAlterConfigsRequest,
  AlterConfigsResponse | IncrementalAlterConfigsResponse
> = (request, response) => {
  const wishes = new Map<string, readonly Setting[]>(
    request.resources.map(({ resourceType, resourceName, configs }) => [`${resourceType}:${resourceName}`, configs]),
  );
  const results: readonly { readonly resourceType: number; readonly resourceName: string; readonly errorCode: number }[] =
    response.responses;
  return results.map(({ resourceType, resourceName, errorCode }): ChangeItem => {
    const type = TYPES[resourceType] ?? String(resourceType);
    const detail = { configs: shownConfigs(type, wishes.get(`${resourceType}:${resourceName}`) ?? []) };
    return changeItem({ action: "alter", type, name: resourceName, errorCode, detail, isCheckOnly: request.validateOnly });
  });
};
