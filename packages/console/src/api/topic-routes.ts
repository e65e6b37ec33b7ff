import { OttlaError, TimeSlice } from "@ottla/base";
import { Hono } from "hono";
import { z } from "zod";
import { pageOf } from "../watch/page-of.ts";
import type { TopicRow } from "../watch/topic-state.ts";
import { SEPARATORS, topicTree } from "../watch/topic-tree.ts";
import type { ConsoleContext } from "./console-context.ts";
import { pageQueryOf } from "./page-query.ts";

/** Branches of the tree that are open at once. */
const OPEN_MAX = 200;
const CALL_TIMEOUT_MS = 15_000;
/** More partitions of one topic are not drawn; the list says how many there are. */
const PARTITIONS_SHOWN_MAX = 2_000;

const treeShape = z.object({
  internal: z.string().optional(),
  separator: z.enum(SEPARATORS).optional(),
  search: z.string().max(300).default(""),
  open: z.array(z.string().max(300)).max(OPEN_MAX, `at most ${OPEN_MAX} branches are open`),
});

/** Topics as lists, as a tree, and one of them with its partitions and settings. */
export function topicRoutes({ watch, client, clock }: ConsoleContext) {
  return new Hono()
    .get("/topics", async (c) => {
      await watch.seen();
      const query = c.req.query();
      const rows = query["internal"] === "true" ? watch.topics.rows() : watch.topics.rows().filter(({ internal }) => !internal);
      const page = await pageOf(new TimeSlice(clock), rows, ({ name }) => name, column, pageQueryOf(query));
      watch.topics.want(
        page.rows.map(({ name }) => name),
        clock.monotonicMs(),
      );
      return c.json({ ...page, seenAtMs: watch.topics.seenAtMs ?? null, notSeen: watch.topics.failure ?? null });
    })
    .get("/topic-tree", async (c) => {
      await watch.seen();
      const { internal, open, separator, search } = treeShape.parse({ ...c.req.query(), open: c.req.queries("open") ?? [] });
      const rows = internal === "true" ? watch.topics.rows() : watch.topics.rows().filter((row) => !row.internal);
      const tree = await topicTree(new TimeSlice(clock), rows, { separator, search, open: new Set(open) });
      return c.json({ ...tree, seenAtMs: watch.topics.seenAtMs ?? null, notSeen: watch.topics.failure ?? null });
    })
    .get("/topics/:topic", async (c) => {
      await watch.seen();
      const name = c.req.param("topic");
      const topic = watch.topics.get(name);
      if (topic === undefined) throw unknownTopic(name, watch.topics.seenAtMs !== undefined);
      watch.topics.want([name], clock.monotonicMs());
      const { partitions, topicId } = topic.description;
      return c.json({
        topic: topic.row(),
        topicId,
        partitions: partitions
          .slice(0, PARTITIONS_SHOWN_MAX)
          .map(({ leader, ...each }) => ({ ...each, leader: leader ?? null, ...topic.place(each.partition) })),
        notSeen: watch.topics.failure ?? null,
      });
    })
    .get("/topics/:topic/settings", async (c) => {
      const name = c.req.param("topic");
      watch.budget.note(1);
      const [answer] = await client
        .admin()
        .describeConfigs([{ type: "topic", name }], { includeSynonyms: true, includeDocumentation: true, timeoutMs: CALL_TIMEOUT_MS });
      if (answer?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw unknownTopic(name, true);
      if (answer?.error) throw answer.error;
      return c.json({
        settings: (answer?.value ?? []).map(
          ({ name: key, value, source, isDefault, readOnly, sensitive, type, documentation, synonyms }) => ({
            name: key,
            value,
            source,
            isDefault,
            readOnly,
            sensitive,
            type: type ?? null,
            documentation: documentation ?? null,
            synonyms,
          }),
        ),
      });
    })
    .get("/topics/:topic/groups", async (c) => {
      await watch.seen();
      const name = c.req.param("topic");
      return c.json({ groups: watch.groups.readersOf(name) });
    });
}

function unknownTopic(name: string, isSeen: boolean): OttlaError {
  if (!isSeen) return new OttlaError("NOT_SEEN_YET", "The cluster has not shown its topics yet; it is looked at again by itself.");
  return new OttlaError("UNKNOWN_TOPIC", `There is no topic ${name}; it may have been deleted.`);
}

function column(row: TopicRow, name: string): string | number | undefined {
  return Object.hasOwn(row, name) ? (row[name as keyof TopicRow] as string | number | undefined) : undefined;
}
