// SyncGroup v0-5. v3 static members (KIP-345), v5 protocol type and name are checked and echoed (KIP-559).
import type { Clock } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { makeSyncGroupResponse, type SyncGroupRequest, type SyncGroupResponse, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { keptBytes } from "../groups/classic/kept-bytes.ts";
import { need, wholeRequest } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { whenAnswered } from "./when-answered.ts";

/** The reading of so many assignments and what follows from them take some ms each: each of the two has a turn of the loop for itself. */
const DECIDED_AT_ONCE = 1000;

/** From here on a member says what it takes part in. */
const NAMES_FROM_VERSION = 5;

export const syncGroupHandler: Handler<SyncGroupRequest, SyncGroupResponse> = {
  api: syncGroupApi,
  minVersion: 0,
  maxVersion: 5,
  authorisation: wholeRequest([[need("READ", "GROUP", "the group"), ({ groupId }) => groupId]], (errorCode, request, { version }) =>
    makeSyncGroupResponse({ errorCode: namesAreMissing(request, version) ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL : errorCode }),
  ),
  /** The leader's assignment of all members; what does not fit the offsets topic is refused with an error. */
  maxRequestBytes: 4 * 1024 * 1024,

  handle({ broker, session, version }, request) {
    if (namesAreMissing(request, version)) return makeSyncGroupResponse({ errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL });
    // A copy, since the group outlives the request's frame.
    const assignments = request.assignments.map(({ memberId, assignment }) => ({ memberId, assignment: keptBytes(assignment) }));
    const sync = () =>
      broker.groups.membership.sync({
        nodeId: session.nodeId,
        closed: session.closed,
        groupId: request.groupId,
        memberId: request.memberId,
        groupInstanceId: request.groupInstanceId,
        generationId: request.generationId,
        protocolType: request.protocolType,
        protocolName: request.protocolName,
        assignments,
      });
    const answer = assignments.length > DECIDED_AT_ONCE ? nextTurn(broker.clock).then(sync) : sync();
    return whenAnswered(answer, ({ errorCode, protocolType, protocolName, assignment }) =>
      makeSyncGroupResponse({ errorCode, protocolType, protocolName, assignment }),
    );
  },
};

function nextTurn(clock: Pick<Clock, "nextTurn">): Promise<void> {
  return new Promise((resolve) => clock.nextTurn(resolve));
}

function namesAreMissing({ protocolType, protocolName }: SyncGroupRequest, version: number): boolean {
  return version >= NAMES_FROM_VERSION && (protocolType === null || protocolName === null);
}
