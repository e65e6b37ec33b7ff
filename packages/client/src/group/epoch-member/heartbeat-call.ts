import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import type { Cluster } from "../../cluster/cluster.ts";
import { callOn, type Lane } from "../../cluster/lane.ts";
import { JOIN_EPOCH } from "./member-state.ts";

/** From here on members make their own id, and the coordinator matches patterns. */
const OWN_ID_VERSION = 1;

/** One ConsumerGroupHeartbeat to the coordinator; error codes stand in the answer. `mayBeSent` is asked when a connection is there. Undefined: it was not sent. */
export async function callHeartbeat(
  cluster: Cluster,
  lane: Lane,
  request: Partial<ConsumerGroupHeartbeatRequest> & { readonly groupId: string },
  mayBeSent: () => boolean,
): Promise<ConsumerGroupHeartbeatResponse | undefined> {
  const connection = await cluster.coordinators.connect(lane, "group", request.groupId);
  if (!mayBeSent()) return undefined;
  const min = typeof request.subscribedTopicRegex === "string" ? OWN_ID_VERSION : undefined;
  return callOn(
    connection,
    consumerGroupHeartbeatApi,
    (version) =>
      makeConsumerGroupHeartbeatRequest({
        ...request,
        ...(version < OWN_ID_VERSION && request.memberEpoch === JOIN_EPOCH ? { memberId: "" } : {}),
      }),
    { min },
  );
}
