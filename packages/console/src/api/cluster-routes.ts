import type { ServerResponse } from "node:http";
import { Hono } from "hono";
import { visitorOf } from "../access/visitor.ts";
import type { NotSeen } from "../watch/look.ts";
import { streamsGroups } from "../streams/streams-groups.ts";
import type { ConsoleContext } from "./console-context.ts";
import { LookFollowers } from "./look-followers.ts";
import type { Rooms } from "./navigation.ts";

/** More than sit before it. */
const FOLLOWERS_MAX = 1_000;

/** What this console is, the whole cluster at a glance, and when something may have changed. */
export function clusterRoutes(context: ConsoleContext) {
  const { watch, doctor, readOnly, version, services } = context;
  return new Hono()
    .get("/about", async (c) => {
      await watch.seen();
      const { cluster, seenAtMs } = watch.brokers;
      return c.json({
        version,
        readOnly,
        services,
        rooms: roomsOf(context),
        clusterId: cluster?.clusterId ?? null,
        seenAtMs: seenAtMs ?? null,
      });
    })
    .get("/overview", async (c) => {
      await watch.seen();
      const { brokers, topics, groups } = watch;
      const { internalTopics, partitions, bytes, offline, underReplicated, busiest } = topics.totals();
      const findings = doctor.last?.findings;
      return c.json({
        cluster: {
          id: brokers.cluster?.clusterId ?? null,
          controllerId: brokers.cluster?.controllerId ?? null,
          brokers: (brokers.cluster?.nodes ?? []).map(({ nodeId, host, port, rack }) => ({
            nodeId,
            address: `${host}:${port}`,
            rack: rack ?? null,
          })),
        },
        counts: {
          // What was not looked at yet is not none.
          topics: topics.seenAtMs === undefined ? null : topics.size,
          internalTopics,
          partitions,
          groups: groups.seenAtMs === undefined ? null : groups.size,
          bytes,
        },
        health: { offline, underReplicated },
        findings: findings === undefined ? null : counted(findings.map(({ severity }) => severity)),
        isExamining: doctor.isExamining,
        throughput: { perS: topics.throughput.perS ?? null, points: topics.throughput.points },
        busiest,
        notSeen: notSeenOf({ brokers: brokers.failure, topics: topics.failure, groups: groups.failure }),
        seenAtMs: Math.min(brokers.seenAtMs ?? 0, topics.seenAtMs ?? 0),
        requestsMade: watch.budget.made,
      });
    })
    .get("/timeline", async (c) => {
      await watch.seen();
      return c.json({ events: watch.timeline.newest(500) });
    })
    .route("/", changeRoutes(context));
}

/** Services that are known, and applications as far as the cluster was looked at. */
export function roomsOf({ registry, connect, watch }: Pick<ConsoleContext, "registry" | "connect" | "watch">): Rooms {
  return { schemas: registry !== undefined, connect: connect !== undefined, streams: streamsGroups(watch).length > 0 };
}

/** When something may have changed: told as long as somebody listens. */
function changeRoutes({ watch, clock, logger }: ConsoleContext) {
  const followers = new LookFollowers({ watch, clock, logger });
  return new Hono().get("/changes", (c) => {
    if (followers.size >= FOLLOWERS_MAX)
      return c.json({ code: "TOO_MANY_PAGES", message: `${FOLLOWERS_MAX} pages are told of changes already; close some.` }, 409);
    if (c.req.method === "HEAD") return c.body(null);
    const { outgoing } = c.env as { readonly outgoing?: ServerResponse };
    // Who comes with a page that knows the newest look is told of the next.
    const isBehind = c.req.query("looks") !== String(watch.looks);
    const { host, signal: login } = visitorOf(c);
    return c.body(followers.follow({ host, login, cutOff: () => outgoing?.destroy() }, isBehind), 200, {
      "Content-Type": "text/event-stream",
      "Transfer-Encoding": "chunked",
    });
  });
}

/** Parts of the cluster that could not be seen at the last look; what is shown of them is older. */
function notSeenOf(failures: Readonly<Record<string, NotSeen | undefined>>): readonly (NotSeen & { readonly part: string })[] {
  return Object.entries(failures).flatMap(([part, failure]) => (failure === undefined ? [] : [{ part, ...failure }]));
}

function counted(severities: readonly ("error" | "warning" | "info")[]): Readonly<Record<"error" | "warning" | "info", number>> {
  const of = (severity: string): number => severities.filter((each) => each === severity).length;
  return { error: of("error"), warning: of("warning"), info: of("info") };
}
