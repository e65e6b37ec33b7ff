import type { Admin } from "@ottla/client";
import { clusterFacts } from "../application/observe/cluster-facts.ts";
import type { Reason } from "../application/observe/why/reason.ts";
import { whyNothing } from "../application/observe/why/why-nothing.ts";
import { applicationTopics } from "./application-topics.ts";

const TIMEOUT_MS = 10_000;

/**
 * Why nothing comes out of an application, as far as the cluster knows: what its tasks hold back, drop or wait for only the application itself can say. Of any application whose group is a classic or a consumer group, Java's too.
 * Rejects with the client's errors; GROUP_ID_NOT_FOUND where there is no such group.
 */
export async function whyFromOutside(admin: Admin, applicationId: string, nowMs: number): Promise<readonly Reason[]> {
  const [committed, [group], listed] = await Promise.all([
    admin.listGroupOffsets(applicationId),
    admin.describeGroups([applicationId]),
    admin.listTopics(),
  ]);
  if (group?.error !== undefined) throw group.error;
  const assigned = group?.value?.members.flatMap(({ assignment = [] }) => assignment) ?? [];
  const own = applicationTopics(
    applicationId,
    listed.map(({ name }) => name),
  );
  const topics = new Set([...committed, ...assigned].map(({ topic }) => topic));
  for (const topic of own.changelogs) topics.delete(topic);
  const cluster = await clusterFacts(admin, { groupId: applicationId, topics: [...topics].sort(), outputs: [], timeoutMs: TIMEOUT_MS });
  const reasons = whyNothing({
    applicationId,
    nowMs,
    state: "RUNNING",
    error: undefined,
    // Whether it reads committed records only is not known; an open transaction is worth a line either way.
    isExactlyOnce: true,
    commitIntervalMs: 0,
    maxTaskIdleMs: 0,
    workers: [],
    silentWorkers: [],
    restores: [],
    cluster,
    outputs: new Set(),
  });
  return [...groupState(applicationId, cluster.group), ...reasons];
}

function groupState(applicationId: string, group: Awaited<ReturnType<typeof clusterFacts>>["group"]): Reason[] {
  if (group === undefined) return [];
  if (group.memberCount === 0) return [{ code: "NOT_RUNNING", text: `Group ${applicationId} has no members: no instance runs.` }];
  if (group.state === "Stable") return [];
  return [
    {
      code: "REBALANCING",
      numbers: { memberCount: group.memberCount },
      text: `Group ${applicationId} is being divided (${group.state}) among ${group.memberCount} members.`,
    },
  ];
}
