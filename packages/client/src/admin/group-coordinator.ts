import type { Api } from "@ottla/protocol";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { VersionBounds } from "../net/broker-versions.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { AdminContext } from "./admin-context.ts";
import type { Named } from "./admin-types.ts";
import type { Node } from "./node-types.ts";
import { perName } from "./per-name.ts";

/** A call to the coordinator of one group, tried again while time may heal it. `read` throws what is to be tried again or to fail the call. */
export function askGroup<Request, Response, Value>(
  { cluster, lane }: AdminContext,
  groupId: string,
  api: Api<Request, Response>,
  request: Request,
  read: (response: Response, coordinator: Node) => Value,
  limit: CallLimit,
  bounds: VersionBounds = {},
): Promise<Value> {
  const readFrom = (response: Response) => {
    const { nodeId, host, port } = cluster.coordinators.known("group", groupId)!;
    return read(response, { nodeId, host, port, rack: undefined });
  };
  return cluster.callCoordinator(lane, "group", groupId, api, () => request, readFrom, limit, bounds);
}

/** As {@link askGroup} for each of many groups, one a call: they may have different coordinators, and a failure stays with its group. */
export function askEachGroup<Request, Response, Value>(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions,
  api: Api<Request, Response>,
  makeRequest: (groupId: string) => Request,
  read: (response: Response, coordinator: Node) => Value,
): Promise<readonly Named<Value>[]> {
  const limit = context.cluster.limit(options);
  return perName(groupIds, (groupId) => askGroup(context, groupId, api, makeRequest(groupId), read, limit));
}
