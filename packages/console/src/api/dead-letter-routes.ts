import { deadLetterCauses, findDeadLetterTopics } from "@ottla/expert/dead-letters";
import { Hono } from "hono";
import { visitorOf } from "../access/visitor.ts";
import type { ConsoleContext } from "./console-context.ts";

/** How dead-letter topics are called: these are looked into first. */
const NAMED_SO = /(?:^|[._-])(?:dlq|dlt|dead(?:[._-]?letters?)?|error(?:s)?|failed|poison)(?:$|[._-])/i;
/** So many partitions are looked into for their last record at most, and so many records of a topic for their causes. */
const PARTITIONS_LOOKED_AT_MAX = 2_000;
const RECORDS_COUNTED_MAX = 100_000;
const WITHIN_MS = 20_000;

/** Topics of dead letters, and why their records are there. The records themselves are read as all others are. */
export function deadLetterRoutes({ client, watch, connect, masking }: ConsoleContext) {
  return new Hono()
    .get("/dead-letters", async (c) => {
      await watch.seen();
      const named = new Set(await connectorsTopics(connect));
      const isWide = c.req.query("all") === "true";
      const candidates = watch.topics
        .rows()
        .filter(({ name, internal, records }) => !internal && records !== 0 && (isWide || named.has(name) || NAMED_SO.test(name)))
        .sort((a, b) => Number(named.has(b.name) || NAMED_SO.test(b.name)) - Number(named.has(a.name) || NAMED_SO.test(a.name)));
      const looked = withinPartitions(candidates, PARTITIONS_LOOKED_AT_MAX);
      watch.budget.note(looked.length + 3);
      const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(WITHIN_MS)]);
      const found = await findDeadLetterTopics(
        client,
        looked.map(({ name }) => name),
        signal,
      );
      const rows = found.map((name) => watch.topics.get(name)?.row()).filter((row) => row !== undefined);
      return c.json({ topics: rows, looked: looked.length, notLooked: candidates.length - looked.length, isWide, isCut: signal.aborted });
    })
    .get("/dead-letters/causes", async (c) => {
      watch.touch();
      const topic = c.req.query("topic") ?? "";
      const partitions = watch.topics.get(topic)?.row().partitions ?? 1;
      watch.budget.note(partitions + 2);
      const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(WITHIN_MS)]);
      const { causes, isCut } = await deadLetterCauses(client, topic, signal, RECORDS_COUNTED_MAX);
      // What went wrong may say what it went wrong with.
      const isMasked = masking.maskerFor(visitorOf(c)) !== undefined;
      const shown = isMasked ? causes.map((cause) => ({ ...cause, lastMessage: "•••" })) : causes;
      return c.json({ topic, causes: shown, isCut: isCut || signal.aborted });
    });
}

/** What connectors write their dead letters to; a Connect that is away names none. */
async function connectorsTopics(connect: ConsoleContext["connect"]): Promise<readonly string[]> {
  if (connect === undefined) return [];
  try {
    const all =
      await connect.get<Readonly<Record<string, { readonly info?: { readonly config: Readonly<Record<string, string>> } }>>>(
        "/connectors?expand=info",
      );
    return Object.values(all).flatMap(({ info }) => info?.config["errors.deadletterqueue.topic.name"] ?? []);
  } catch {
    return [];
  }
}

function withinPartitions<Row extends { readonly partitions: number }>(rows: readonly Row[], most: number): readonly Row[] {
  let left = most;
  return rows.filter(({ partitions }) => {
    if (partitions > left) return false;
    left -= partitions;
    return true;
  });
}
