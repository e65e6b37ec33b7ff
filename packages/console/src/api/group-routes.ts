import { OttlaError } from "@ottla/base";
import { explainLag, reportLag } from "@ottla/expert";
import { Hono } from "hono";
import type { GroupRow } from "../watch/group-watch.ts";
import { pageOf } from "../watch/page-of.ts";
import type { ConsoleContext } from "./console-context.ts";
import { pageQueryOf } from "./page-query.ts";

/** Groups as lists, and one of them with its members, its lag, and why it is behind. A group's name may be any text, so it is in the query. */
export function groupRoutes({ watch, clock }: ConsoleContext) {
  return new Hono()
    .get("/groups", async (c) => {
      await watch.seen();
      const page = pageOf(watch.groups.rows(), ({ groupId }) => groupId, column, pageQueryOf(c.req.query()));
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
      const observation = watch.groups.observation(groupId);
      if (observation === undefined) return c.json({ group: row, members: null, lag: null, causes: null, points: [] });
      const lag = reportLag(observation);
      return c.json({
        group: row,
        members: observation.members,
        lag,
        causes: explainLag(observation, lag).causes,
        points: watch.groups.points(groupId),
      });
    });
}

function column(row: GroupRow, name: string): string | number | undefined {
  const key = name === "name" ? "groupId" : name;
  return Object.hasOwn(row, key) ? row[key as keyof GroupRow] : undefined;
}
