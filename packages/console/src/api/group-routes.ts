import { OttlaError, TimeSlice } from "@ottla/base";
import { Hono } from "hono";
import { z } from "zod";
import type { GroupRow } from "../watch/group-watch.ts";
import { pageOf } from "../watch/page-of.ts";
import type { ShareLook } from "../watch/share-groups.ts";
import type { ConsoleContext } from "./console-context.ts";
import { allPartitions, groupView } from "./group-view.ts";
import { pageQueryOf } from "./page-query.ts";

const CALL_TIMEOUT_MS = 15_000;
const offsetsAtShape = z.object({ id: z.string().max(32_767), timestampMs: z.coerce.number().int().min(0).max(8.64e15) });

/** Groups as lists, and one of them with its members, its lag, and why it is behind. A group's name may be any text, so it is in the query. */
export function groupRoutes({ watch, clock, client }: ConsoleContext) {
  return new Hono()
    .get("/groups", async (c) => {
      await watch.seen();
      const page = await pageOf(new TimeSlice(clock), watch.groups.rows(), ({ groupId }) => groupId, column, pageQueryOf(c.req.query()));
      watch.groups.want(
        page.rows.map(({ groupId }) => groupId),
        clock.monotonicMs(),
      );
      return c.json({ ...page, seenAtMs: watch.groups.seenAtMs ?? null, notSeen: watch.groups.failure ?? null });
    })
    .get("/group", async (c) => {
      await watch.seen();
      const groupId = c.req.query("id") ?? "";
      const row = watch.groups.row(groupId);
      if (row === undefined)
        throw new OttlaError("UNKNOWN_GROUP", `There is no group "${groupId}"; it may have been deleted, or was never there.`);
      watch.groups.want([groupId], clock.monotonicMs());
      const shared = watch.groups.share(groupId);
      if (shared !== undefined) watch.topics.want([...new Set(shared.places.map(({ topic }) => topic))], clock.monotonicMs());
      const [observation, report] = [watch.groups.observation(groupId), watch.groups.report(groupId)];
      const [points, turns, share] = [watch.groups.points(groupId), watch.groups.turns(groupId), shareView(shared, watch.topics)];
      if (observation === undefined || report === undefined)
        return c.json({ group: row, members: null, memberCount: null, lag: null, causes: null, points, turns, share });
      const { lag, members, causes } = groupView(observation, report);
      const partitions = c.req.query("all") === "true" ? allPartitions(report) : lag.partitions;
      return c.json({
        group: row,
        members,
        memberCount: observation.members.length,
        lag: { ...lag, partitions },
        causes,
        points,
        turns,
        share,
      });
    })
    .get("/group/offsets-at", async (c) => {
      await watch.seen();
      const { id: groupId, timestampMs } = offsetsAtShape.parse(c.req.query());
      const observation = watch.groups.observation(groupId);
      const share = watch.groups.share(groupId);
      const places = observation === undefined ? share && shareView(share, watch.topics)?.places : [...observation.partitions.values()];
      if (places === undefined)
        throw new OttlaError("NOT_SEEN_YET", `The group "${groupId}" was not looked at yet; ask again in some seconds.`);
      watch.budget.note(1);
      const ends = new Map(places.map(({ topic, partition, highWatermark }) => [`${topic}:${partition}`, highWatermark]));
      const asked = places.map(({ topic, partition }) => ({ topic, partition, spec: { timestamp: timestampMs } }));
      const found = await client.admin().listOffsets(asked, { timeoutMs: CALL_TIMEOUT_MS });
      return c.json({
        offsets: found.map(({ topic, partition, value, error }) => ({
          topic,
          partition,
          // No record is that new: the end.
          offset: value === undefined ? null : (value.offset ?? ends.get(`${topic}:${partition}`) ?? null),
          notSeen: error?.message ?? null,
        })),
      });
    });
}

/** A share group with what its partitions' logs have, as far as the watch knows. */
function shareView(share: ShareLook | undefined, topics: ConsoleContext["watch"]["topics"]) {
  if (share === undefined) return null;
  const places = share.places.map((place) => {
    const log = topics.get(place.topic)?.place(place.partition);
    return { ...place, logStartOffset: log?.startOffset, highWatermark: log?.endOffset };
  });
  return { ...share, places };
}

function column(row: GroupRow, name: string): string | number | undefined {
  const key = name === "name" ? "groupId" : name;
  return Object.hasOwn(row, key) ? row[key as keyof GroupRow] : undefined;
}
