import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { visitorOf } from "../access/visitor.ts";
import type { NotSeen } from "../watch/look.ts";
import { streamsGroups } from "../streams/streams-groups.ts";
import type { ConsoleContext } from "./console-context.ts";
import { told } from "./live-stream.ts";
import type { Rooms } from "./navigation.ts";

/** Looks come in bursts; a page is told of them at most so often. */
const TOLD_EVERY_MS = 1_000;
const ALIVE_EVERY_MS = 15_000;
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
function changeRoutes({ watch, clock }: ConsoleContext) {
  let followers = 0;
  return new Hono().get("/changes", (c) => {
    if (followers >= FOLLOWERS_MAX)
      return c.json({ code: "TOO_MANY_PAGES", message: `${FOLLOWERS_MAX} pages are told of changes already; close some.` }, 409);
    followers++;
    return streamSSE(c, async (stream) => {
      // Who comes with a page that knows the newest look is told of the next.
      let isNew = c.req.query("looks") !== String(watch.looks);
      const forget = watch.onLook(() => {
        isNew = true;
      });
      stream.onAbort(forget);
      let spokeMs = isNew ? 0 : clock.monotonicMs();
      try {
        while (!stream.aborted && !stream.closed && !visitorOf(c).signal.aborted) {
          watch.touch();
          const nowMs = clock.monotonicMs();
          if (isNew || nowMs - spokeMs > ALIVE_EVERY_MS) {
            isNew = false;
            spokeMs = nowMs;
            if (!(await told(c, stream, clock, { event: "look", data: String(clock.nowMs()) }))) break;
          }
          await stream.sleep(TOLD_EVERY_MS);
        }
      } finally {
        forget();
        followers--;
      }
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
