import { existsSync } from "node:fs";
import { systemClock } from "@ottla/base/node";
import { lagOf } from "@ottla/expert";
import { sampleGroups } from "@ottla/expert/collect";
import { applicationTopics, readStreamsMembers, STREAMS_PROTOCOLS } from "@ottla/streams/operate";
import type { Admin, StreamsGroupDescription } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, reportFailures, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { failuresOf } from "../lag/observed-groups.ts";
import { applicationGroup, streamsGroupOf } from "./application-group.ts";

/** Names of modules; an application.id may look so, too, but then there is no such file. */
const MODULE = /[\\/]|\.[cm]?[jt]s$/;

export const describeApplication: RunCommand = async (context) => {
  const [named] = context.positionals as [string];
  if (!MODULE.test(named) || !existsSync(named)) return describeRunning(context);
  return (await import("./show-topology.ts")).showTopology(context);
};

const describeRunning: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout, env, signal } = context;
    const [applicationId] = positionals as [string];
    const admin = client.admin();
    const streamsGroup = await streamsGroupOf(admin, applicationId);
    const look = await sampleGroups(admin, [applicationId], { clock: systemClock, signal });
    const lags = new Map((look.samples[0]?.partitions ?? []).map((each) => [`${each.topic}-${each.partition}`, lagOf(each) ?? 0]));
    const application = streamsGroup === undefined ? await classic(admin, applicationId, lags) : kip1071(streamsGroup, lags);
    if (options.has("json")) printJson(context, application);
    else stdout.write(page(application, textStyle(stdout, env)));
    return reportFailures(context, failuresOf(look, positionals));
  });

interface Instance {
  readonly memberId: string;
  readonly host: string;
  readonly processId: string | undefined;
  readonly applicationServer: string | undefined;
  readonly active: readonly string[];
  readonly standbys: readonly string[];
  /** Changelog records that its copies lack, as of the last rebalance; undefined: it does not say. */
  readonly standbyLag: number | undefined;
  readonly lag: number | undefined;
}

interface Described {
  readonly applicationId: string;
  readonly kind: string;
  readonly state: string;
  readonly totalLag: number | undefined;
  readonly instances: readonly Instance[];
  readonly ownTopics: readonly string[];
}

/** By topic and partition. */
type Lags = ReadonlyMap<string, number>;

async function classic(admin: Admin, applicationId: string, lags: Lags): Promise<Described> {
  const [group, topics] = await Promise.all([applicationGroup(admin, applicationId), admin.listTopics()]);
  const own = applicationTopics(
    applicationId,
    topics.map(({ name }) => name),
  );
  return {
    applicationId,
    kind: STREAMS_PROTOCOLS.get(group.protocol) ?? "no members",
    state: group.state,
    totalLag: [...lags.values()].reduce((sum, lag) => sum + lag, 0),
    instances: readStreamsMembers(group).map((member) => {
      const places = member.partitions.map(({ topic, partition }) => `${topic}-${partition}`);
      const copies = member.held.filter(({ taskId }) => member.standbys.includes(taskId));
      const isKnown = copies.length > 0 && copies.every(({ endSum }) => endSum !== undefined);
      return {
        memberId: member.memberId,
        host: member.clientHost,
        processId: member.processId,
        applicationServer: member.applicationServer,
        active: places,
        standbys: member.standbys,
        standbyLag: isKnown ? copies.reduce((sum, { endSum = 0, offsetSum }) => sum + Math.max(0, endSum - offsetSum), 0) : undefined,
        lag: places.reduce((sum, place) => sum + (lags.get(place) ?? 0), 0),
      };
    }),
    ownTopics: Object.values(own).flat(),
  };
}

function kip1071({ groupId, state, members, subtopologies }: StreamsGroupDescription, lags: Lags): Described {
  const topicsOf = new Map(
    subtopologies.map(({ subtopologyId, sourceTopics, repartitionSourceTopics }) => [
      subtopologyId,
      [...sourceTopics, ...repartitionSourceTopics],
    ]),
  );
  const lagOfTasks = (all: StreamsGroupDescription["members"][number]["activeTasks"]) =>
    all
      .flatMap(({ subtopologyId, partitions }) =>
        partitions.flatMap((partition) => (topicsOf.get(subtopologyId) ?? []).map((topic) => `${topic}-${partition}`)),
      )
      .reduce((sum, place) => sum + (lags.get(place) ?? 0), 0);
  const tasks = (all: readonly { readonly subtopologyId: string; readonly partitions: readonly number[] }[]) =>
    all.flatMap(({ subtopologyId, partitions }) => partitions.map((partition) => `${subtopologyId}_${partition}`));
  return {
    applicationId: groupId,
    kind: "streams group",
    state,
    totalLag: [...lags.values()].reduce((sum, lag) => sum + lag, 0),
    instances: members.map((member) => ({
      memberId: member.memberId,
      host: member.clientHost,
      processId: member.processId,
      applicationServer: undefined,
      active: tasks(member.activeTasks),
      standbys: [...tasks(member.standbyTasks), ...tasks(member.warmupTasks)],
      standbyLag: undefined,
      lag: lagOfTasks(member.activeTasks),
    })),
    ownTopics: subtopologies.flatMap(({ repartitionSourceTopics, stateChangelogTopics }) => [
      ...repartitionSourceTopics,
      ...stateChangelogTopics,
    ]),
  };
}

function page({ applicationId, kind, state, totalLag, instances, ownTopics }: Described, style: TextStyle): string {
  const facts = [
    state,
    kind,
    `${instances.length} ${instances.length === 1 ? "member" : "members"}`,
    totalLag === undefined ? "" : `lag ${grouped(totalLag)}`,
  ];
  const parts = [`${style.bold(shown`${applicationId}`)}  ${facts.filter((fact) => fact !== "").join(", ")}\n`];
  if (instances.length > 0) {
    const columns = [
      { title: "member" },
      { title: "host" },
      { title: "process" },
      { title: "asked at" },
      { title: "reads", isNumeric: true },
      { title: "lag", isNumeric: true },
      { title: "standbys" },
      { title: "behind", isNumeric: true },
    ];
    const rows = instances.map((each) => [
      each.memberId,
      each.host,
      each.processId,
      each.applicationServer,
      each.active.length,
      each.lag,
      each.standbys.join(" ") || undefined,
      each.standbyLag,
    ]);
    parts.push(renderTable(columns, rows, style));
    parts.push(
      ...instances.filter(({ active }) => active.length > 0).map(({ memberId, active }) => shown`${memberId} reads ${active.join(", ")}\n`),
    );
  }
  if (ownTopics.length > 0) parts.push(shown`Its own topics: ${ownTopics.join(", ")}\n`);
  return parts.join("");
}
