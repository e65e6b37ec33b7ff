import type { Admin as ClientAdmin } from "../admin/admin-types.ts";
import type { DeleteGroupsResult, GroupOverview } from "./admin-types.ts";
import { KafkaJSDeleteGroupsError, KafkaJSNonRetriableError } from "./errors.ts";
import { deadGroup, type GroupDescription, toGroupDescription } from "./group-types.ts";
import { protocolError } from "./translate-error.ts";

export async function listGroups(admin: ClientAdmin): Promise<{ groups: GroupOverview[] }> {
  return { groups: (await admin.listGroups()).map(({ groupId, protocolType }) => ({ groupId, protocolType })) };
}

/** A group that does not exist is shown as a dead one. */
export async function describeGroups(admin: ClientAdmin, groupIds: string[]): Promise<{ groups: GroupDescription[] }> {
  const described = await admin.describeGroups(groupIds);
  const groups = described.map(({ name, error, value }) => {
    if (error?.code === "GROUP_ID_NOT_FOUND") return deadGroup(name);
    if (error) throw protocolError(error);
    return toGroupDescription(value);
  });
  return { groups };
}

/** Throws `KafkaJSDeleteGroupsError` with those that could not be deleted. */
export async function deleteGroups(admin: ClientAdmin, groupIds: string[]): Promise<DeleteGroupsResult[]> {
  if (!Array.isArray(groupIds)) throw new KafkaJSNonRetriableError(`Invalid groupIds array ${String(groupIds)}`);
  const invalid = groupIds.find((groupId) => typeof groupId !== "string" || groupId === "");
  if (invalid !== undefined) throw new KafkaJSNonRetriableError(`Invalid groupId name: ${JSON.stringify(invalid)}`);
  const outcomes = await admin.deleteGroups(groupIds);
  const refused = outcomes
    .filter(({ error }) => error)
    .map(({ name, error }) => ({ groupId: name, errorCode: error!.errorCode, error: protocolError(error!) }));
  if (refused.length > 0) throw new KafkaJSDeleteGroupsError("Error in DeleteGroups", refused);
  return outcomes.map(({ name }) => ({ groupId: name, errorCode: 0 }));
}
