import { setTimeout as sleep } from "node:timers/promises";
import type { RawConnection } from "@ottla/conformance/wire/raw-connection";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";

/** Looks for a group's coordinator until there is one: the first look of all creates its topic. */
export async function findCoordinator(connection: RawConnection, groupId = "any"): Promise<void> {
  for (;;) {
    const answer = await connection.ask(findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType: 0, coordinatorKeys: [groupId] }));
    if (answer?.coordinators[0]?.errorCode === 0) return;
    await sleep(200);
  }
}
