import type { Admin } from "@ottla/client";
import { applicationTopics, STREAMS_PROTOCOLS } from "@ottla/streams/operate";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

/** A group that is a streams application, and how that is known. */
interface Application {
  readonly applicationId: string;
  /** `ottla` and `java`: by the protocol of its members; `streams group`: KIP-1071; `topics`: it has no members, and topics as applications make them. */
  readonly kind: "ottla" | "java" | "streams group" | "topics";
  readonly state: string | undefined;
  readonly members: number | undefined;
  readonly changelogs: number;
  readonly repartitions: number;
}

export const listApplications: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, stdout, env } = context;
    const applications = await findApplications(client.admin());
    if (options.has("json")) printJson(context, applications);
    else if (applications.length === 0) stdout.write("There are no streams applications.\n");
    else {
      const columns = [
        { title: "application" },
        { title: "kind" },
        { title: "state" },
        { title: "members", isNumeric: true },
        { title: "changelogs", isNumeric: true },
        { title: "repartition topics", isNumeric: true },
      ];
      const rows = applications.map(({ applicationId, kind, state, members, changelogs, repartitions }) => [
        applicationId,
        kind,
        state,
        members,
        changelogs,
        repartitions,
      ]);
      stdout.write(renderTable(columns, rows, textStyle(stdout, env)));
    }
    return 0 as const;
  });

async function findApplications(admin: Admin): Promise<Application[]> {
  const [groups, topics] = await Promise.all([admin.listGroups(), admin.listTopics()]);
  const names = topics.map(({ name }) => name);
  const described = await admin.describeGroups(
    groups
      .filter(({ type, protocolType }) => type !== "streams" && type !== "share" && protocolType === "consumer")
      .map(({ groupId }) => groupId),
  );
  const streamsGroups = groups.filter(({ type }) => type === "streams").map(({ groupId }) => groupId);
  const ofStreamsGroups = streamsGroups.length === 0 ? [] : await admin.describeStreamsGroups(streamsGroups);
  const membersOf = new Map(ofStreamsGroups.map(({ name, value }) => [name, value?.members.length]));
  const found = new Map(described.map(({ name, value }) => [name, value]));
  return groups.flatMap(({ groupId, state, type }): Application[] => {
    const own = applicationTopics(groupId, names);
    const counts = { changelogs: own.changelogs.length, repartitions: own.repartitions.length };
    if (type === "streams") return [{ applicationId: groupId, kind: "streams group", state, members: membersOf.get(groupId), ...counts }];
    const group = found.get(groupId);
    const kind = group === undefined ? undefined : STREAMS_PROTOCOLS.get(group.protocol);
    const members = group?.members.length;
    if (kind !== undefined) return [{ applicationId: groupId, kind, state: group?.state ?? state, members, ...counts }];
    const hasTopics = counts.changelogs + counts.repartitions > 0;
    return members === 0 && hasTopics ? [{ applicationId: groupId, kind: "topics", state: group?.state ?? state, members, ...counts }] : [];
  });
}
