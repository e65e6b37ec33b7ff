import { OttlaError } from "@ottla/base";
import type { Admin, GroupDescription } from "@ottla/client";
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
