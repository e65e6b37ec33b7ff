import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import type { Client } from "./client.ts";

export const GROUP = 0;
export const TRANSACTION = 1;

/** The node that coordinates a group or a transactional id; undefined where that cannot be told now. */
export async function coordinatorOf(client: Client, keyType: number, key: string): Promise<number | undefined> {
  const answer = await client.call(client.anyNode, findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType, coordinatorKeys: [key] }));
  const [found] = answer?.coordinators ?? [];
  if (found === undefined) return undefined;
  client.isBug("FindCoordinator", found.errorCode);
  return found.errorCode === ErrorCode.NONE ? found.nodeId : undefined;
}
