import { OttlaError, TimeSlice } from "@ottla/base";
import { RegistryClientError, type SubjectVersion } from "@ottla/serdes";
import { Hono } from "hono";
import { z } from "zod";
import { draftSchema } from "../actions/service-change.ts";
import { requireRegistry, type SchemaRegistry } from "../services/schema-registry.ts";
import { recordNameOf, topicsOf } from "../services/schema-users.ts";
import { pageOf } from "../watch/page-of.ts";
import type { ConsoleContext } from "./console-context.ts";
import { pageQueryOf } from "./page-query.ts";

/** Other schemas that use one are told up to this number. */
const REFERENCES_SHOWN_MAX = 100;
const version = z.coerce.number().int().min(1);

/** Subjects of a Schema Registry as lists, and one of them with its versions, level and users. A subject may be any text, so it is in the query. */
export function schemaRoutes({ registry, watch, clock }: ConsoleContext) {
  return new Hono()
    .get("/schemas", async (c) => {
      watch.touch();
      const known = requireRegistry(registry);
      const query = c.req.query();
      const [subjects, level] = await Promise.all([known.subjects(query["deleted"] === "true"), known.ownLevel(null)]);
      const { rows, ...page } = await pageOf(
        new TimeSlice(clock),
        subjects.map((subject) => ({ subject })),
        ({ subject }) => subject,
        ({ subject }) => subject,
        pageQueryOf(query),
      );
      return c.json({ ...page, rows: await known.rows(rows.map(({ subject }) => subject)), level: level ?? "BACKWARD", url: known.url });
    })
    .get("/schema", async (c) => {
      await watch.seen();
      const known = requireRegistry(registry);
      const subject = c.req.query("subject") ?? "";
      const versions = await versionsOf(known, subject);
      const [latest, level, ownLevel] = await Promise.all([
        known.client.version(subject, versions.at(-1)!),
        known.ownLevel(null),
        known.ownLevel(subject),
      ]);
      const topics = topicsOf(subject, recordNameOf(latest.schemaType, latest.schema), (name) => watch.topics.get(name) !== undefined);
      return c.json({
        subject,
        versions,
        latest: viewOf(latest),
        level: ownLevel ?? level ?? "BACKWARD",
        ownLevel,
        topics: topics.map((user) => ({ ...user, groups: watch.groups.readersOf(user.topic).map(({ groupId }) => groupId) })),
        referencedBy: await referencesTo(known, subject, versions.at(-1)!),
      });
    })
    .get("/schema/version", async (c) => {
      watch.touch();
      const number = version.parse(c.req.query("version"));
      return c.json(viewOf(await requireRegistry(registry).client.version(c.req.query("subject") ?? "", number)));
    })
    .post("/schema/check", async (c) => {
      watch.touch();
      const known = requireRegistry(registry);
      const { subject, ...definition } = draftSchema.parse(await c.req.json());
      const [verdict, registeredAs] = await Promise.all([known.check(subject, definition), known.registeredAs(subject, definition)]);
      return c.json({ ...verdict, registeredAs });
    });
}

async function versionsOf(registry: SchemaRegistry, subject: string): Promise<readonly number[]> {
  const gone = new OttlaError("UNKNOWN_SUBJECT", `The registry has no subject "${subject}"; it may have been deleted.`);
  try {
    const versions = await registry.client.versions(subject);
    if (versions.length === 0) throw gone;
    return versions;
  } catch (error) {
    throw error instanceof RegistryClientError && error.isNotFound ? gone : error;
  }
}

function viewOf({ version: number, id, guid, schemaType, schema, references, metadata, ruleSet }: SubjectVersion) {
  return { version: number, id, guid: guid ?? null, schemaType, schema, references, metadata: metadata ?? null, ruleSet: ruleSet ?? null };
}

/** Subjects and versions whose schemas use the version. */
async function referencesTo({ client }: SchemaRegistry, subject: string, number: number) {
  const path = `/subjects/${encodeURIComponent(subject)}/versions/${number}/referencedby`;
  const ids = (await client.request({ method: "GET", path })) as readonly number[];
  const found: { readonly subject: string; readonly version: number }[] = [];
  for (const id of ids.slice(0, REFERENCES_SHOWN_MAX))
    found.push(...((await client.request({ method: "GET", path: `/schemas/ids/${id}/versions` })) as typeof found));
  return found.slice(0, REFERENCES_SHOWN_MAX);
}
