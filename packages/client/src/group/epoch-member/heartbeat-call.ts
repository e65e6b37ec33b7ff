import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { ClientError } from "../../client-error.ts";
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
  if (connection.versions.find(consumerGroupHeartbeatApi, { min }) === undefined) throw unsupported(min !== undefined);
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

function unsupported(isForPattern: boolean): ClientError {
  const [what, since] = isForPattern
    ? ["matches no patterns for groups of the consumer protocol", "4.0"]
    : ["has no groups of the consumer protocol (KIP-848)", "4.0, and from 3.7 on where it is switched on"];
  return new ClientError(
    "UNSUPPORTED",
    `This cluster ${what}. Apache Kafka does from ${since} on; elsewhere use groupProtocol "classic" (group.protocol=classic).`,
  );
}
