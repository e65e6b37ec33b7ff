import { OttlaError } from "@ottla/base";
import type { Admin, GroupDescription, StreamsGroupDescription } from "@ottla/client";
import { STREAMS_PROTOCOLS } from "@ottla/streams/operate";

/** The classic group of an application. Errors: `NO_APPLICATION`, the client's. */
export async function applicationGroup(admin: Admin, applicationId: string): Promise<GroupDescription> {
  const [described] = await admin.describeGroups([applicationId]);
  const { error, value } = described!;
  if (error !== undefined && error.code !== "GROUP_ID_NOT_FOUND") throw error;
  if (value === undefined)
    throw new OttlaError("NO_APPLICATION", `There is no application "${applicationId}"; "ottla streams list" shows those there are.`);
  if (value.members.length > 0 && !STREAMS_PROTOCOLS.has(value.protocol))
    throw new OttlaError(
      "NO_APPLICATION",
      `The group "${applicationId}" is no streams application: its members divide by ${value.protocol || "nothing"}. "ottla groups describe ${applicationId}" shows it.`,
    );
  return value;
}

/** The group of KIP-1071 of an application. Undefined: it has none, or the broker knows none. Errors: the client's. */
export async function streamsGroupOf(admin: Admin, applicationId: string): Promise<StreamsGroupDescription | undefined> {
  const groups = await admin.listGroups();
  if (groups.find(({ groupId }) => groupId === applicationId)?.type !== "streams") return undefined;
  const [described] = await admin.describeStreamsGroups([applicationId]);
  if (described?.error !== undefined) throw described.error;
  return described?.value;
}
