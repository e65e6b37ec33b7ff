import { systemClock } from "@ottla/base/node";
import { type GroupSample, lagOf } from "@ottla/expert";
import { type DescribedGroup, sampleGroups } from "@ottla/expert/collect";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, reportFailures, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { failuresOf } from "../lag/observed-groups.ts";

export const describeGroups: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout, env, signal } = context;
    const look = await sampleGroups(client.admin(), positionals, { clock: systemClock, signal });
    const groups = look.samples.map((sample, i) => detailed(look.descriptions[i]!, sample));
    if (options.has("json")) printJson(context, groups);
    else stdout.write(groups.map((group) => page(group, textStyle(stdout, env))).join("\n"));
    return reportFailures(context, failuresOf(look, positionals));
  });

type Detailed = ReturnType<typeof detailed>;

/** A group with its lag; without the raw bytes of its members, which say nothing to a reader of JSON. */
function detailed(group: DescribedGroup, sample: GroupSample) {
  const members = new Map(group.members.map((member) => [member.memberId, member]));
  const partitions = sample.partitions.map((each) => {
    const { topic, partition, committed, highWatermark: end, memberId } = each;
    const { clientId, clientHost } = members.get(memberId ?? "") ?? {};
    return { topic, partition, committed, end, lag: lagOf(each), memberId, clientId, clientHost };
  });
  return {
    groupId: group.groupId,
    state: group.state,
    type: group.type,
    protocolType: group.protocolType,
    protocol: group.protocol,
    coordinator: group.coordinator,
    totalLag: partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
    members: group.members.map(({ memberId, groupInstanceId, clientId, clientHost, assignment }) => ({
      memberId,
      groupInstanceId,
      clientId,
      clientHost,
      assignment,
    })),
    partitions,
  };
}

function page({ groupId, state, type, protocol, coordinator, totalLag, members, partitions }: Detailed, style: TextStyle): string {
  const facts = [
    state,
    `${members.length} ${members.length === 1 ? "member" : "members"}`,
    protocol && (protocol === type ? `${type} group` : shown`${protocol} (${type})`),
    shown`coordinator ${coordinator.nodeId} at ${coordinator.host}:${coordinator.port}`,
    `lag ${grouped(totalLag)}`,
  ];
  const parts = [`${style.bold(shown`${groupId}`)}  ${facts.filter(Boolean).join(", ")}\n`];
  if (partitions.length > 0) parts.push(partitionTable(partitions, members, style));
  const idle = members.filter(({ assignment }) => assignment?.length === 0);
  if (idle.length > 0) parts.push(shown`Members without a partition: ${idle.map(memberName).join(", ")}\n`);
  return parts.join("");
}

function partitionTable(partitions: Detailed["partitions"], members: Detailed["members"], style: TextStyle): string {
  const byId = new Map(members.map((member) => [member.memberId, member]));
  const columns = [
    { title: "topic" },
    { title: "partition", isNumeric: true },
    { title: "committed", isNumeric: true },
    { title: "end", isNumeric: true },
    { title: "lag", isNumeric: true },
    { title: "member" },
    { title: "host" },
  ];
  const rows = partitions.map(({ topic, partition, committed, end, lag, memberId, clientHost }) => {
    const member = memberId === undefined ? undefined : byId.get(memberId);
    return [topic, partition, committed, end, lag, member && memberName(member), clientHost];
  });
  return renderTable(columns, rows, style);
}

/** Its static name, or the id that the broker gave it. */
function memberName({ memberId, groupInstanceId }: { readonly memberId: string; readonly groupInstanceId: string | undefined }): string {
  return groupInstanceId ?? memberId;
}
