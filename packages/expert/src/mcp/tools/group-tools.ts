import { OttlaError } from "@ottla/base";
import { z } from "zod";
import { isObserved } from "../../snapshot/observed.ts";
import { pageOf } from "../answer.ts";
import { tool } from "../tool.ts";
import { clusterOf, lookTool } from "./live-tool.ts";

const groupId = z.string().min(1).max(1000);
const watchSeconds = z.number().min(0).max(60).describe("watch for so long first; rates and verdicts need at least 12");

export const groupTools = [
  lookTool({
    name: "list_groups",
    title: "Groups",
    description: "Groups of all protocols with type, state, members and records that wait, in pages by id.",
    input: z.object({
      contains: z.string().max(249).optional(),
      cursor: z.string().max(1000).optional().describe("nextCursor of the page before"),
      limit: z.int().min(1).max(200).default(50),
    }),
    answer: (look, { contains, cursor, limit }) => {
      const groups = look
        .list("groups", look.snapshot.groups)
        .filter((group) => contains === undefined || group.groupId.includes(contains));
      const { items, ...rest } = pageOf(groups, (group) => group.groupId, { cursor, limit });
      return {
        groups: items.map(({ groupId: id, type, state, members, positions }) => ({
          groupId: id,
          type,
          state,
          ...(isObserved(members) && { members: members.value.length }),
          ...(isObserved(positions) && {
            lag: positions.value.reduce(
              (sum, { committed, highWatermark }) => sum + Math.max(0, (highWatermark ?? 0) - (committed ?? highWatermark ?? 0)),
              0,
            ),
          }),
        })),
        ...rest,
      };
    },
  }),
  lookTool({
    name: "describe_group",
    title: "One group",
    description: "Members, what each is assigned, and where the group stands in each partition.",
    input: z.object({ groupId }),
    answer: (look, { groupId: id }) => {
      const group = look.list("groups", look.snapshot.groups).find((each) => each.groupId === id);
      if (!group) throw new OttlaError("UNKNOWN_GROUP", `There is no group ${id} that this principal may see; list_groups has the others.`);
      return {
        groupId: id,
        type: group.type,
        state: group.state,
        coordinator: group.coordinator,
        assignor: look.see("assignor", group.assignor),
        members: look.list("members", group.members),
        positions: look.list("positions", group.positions),
      };
    },
  }),
  tool({
    name: "lag_report",
    title: "Lag",
    description:
      "How far groups are behind, in records and time, with rates, drain time, the time until retention takes unread records, and Burrow's verdict by the shape of the lag.",
    kind: "live",
    input: z.object({
      groupIds: z.array(groupId).max(100).default([]).describe("none: all groups"),
      watchSeconds: watchSeconds.default(0),
    }),
    run: async ({ groupIds, watchSeconds: seconds }, context) => {
      const { reports, failures } = await clusterOf(context).lag(groupIds, seconds * 1000, context.signal);
      return {
        data: {
          groups: reports.map((report) => ({ ...report, causes: undefined, partitions: report.partitions.filter(({ lag }) => lag !== 0) })),
        },
        observedAtMs: context.nowMs(),
        notChecked: failures,
      };
    },
  }),
  tool({
    name: "explain_lag",
    title: "Why is a group behind?",
    description: "Causes with their evidence, the gravest first, and commands that look closer or mend it.",
    kind: "live",
    input: z.object({ groupId, watchSeconds: watchSeconds.default(15) }),
    run: async ({ groupId: id, watchSeconds: seconds }, context) => {
      const { reports, failures } = await clusterOf(context).lag([id], seconds * 1000, context.signal);
      const [report] = reports;
      if (!report) throw new OttlaError("UNKNOWN_GROUP", failures[0] ?? `There is no group ${id}.`);
      return { data: { ...report }, observedAtMs: context.nowMs(), notChecked: failures };
    },
  }),
];
