import type { Admin } from "@ottla/client";
import { readStreamsMembers } from "../assignment/streams-members.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import { LEFT_CALL_MS } from "./left-transactions.ts";

const call = { timeoutMs: LEFT_CALL_MS };

/** The processes that the application's group has members of; undefined: it is being divided, or one of them does not say, and it is not known. */
export async function groupProcesses(
  admin: Pick<Admin, "describeGroups" | "describeStreamsGroups">,
  { applicationId, groupProtocol }: Pick<ResolvedOptions, "applicationId" | "groupProtocol">,
): Promise<ReadonlySet<string> | undefined> {
  if (groupProtocol === "streams") {
    const [group] = await admin.describeStreamsGroups([applicationId], call);
    if (group?.error !== undefined) throw group.error;
    return group && new Set(group.value.members.map(({ processId }) => processId));
  }
  const [group] = await admin.describeGroups([applicationId], call);
  if (group?.error !== undefined) throw group.error;
  // In any other state members come and go, and what they say is not shown.
  if (group === undefined || group.value.state !== "Stable") return undefined;
  const processIds = readStreamsMembers(group.value).flatMap(({ processId }) => processId ?? []);
  return processIds.length === group.value.members.length ? new Set(processIds) : undefined;
}
