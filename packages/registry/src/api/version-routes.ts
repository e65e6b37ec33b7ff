import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { Hono } from "hono";
import { inTurns } from "../steps.ts";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { deleteVersion } from "../subjects/delete-schemas.ts";
import { findVersion, parseVersion } from "../subjects/find-version.ts";
import { registrationSteps, type SchemaRequest, targetSubject } from "../subjects/register-schema.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { answerJson, answerText, bodyObject, flag, page, versionText } from "./answers.ts";
import { accessOf, permittedTarget } from "./request-access.ts";
import { tagRequest } from "./tag-request.ts";
import { asAsked, furtherMembers } from "./text-format.ts";
import { withTags } from "../subjects/schema-tags.ts";
import { schemaRequest } from "./schema-request.ts";

/** Versions of a subject. */
export function versionRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state } = registry;

  app.get("/subjects/:subject/versions", (context) => {
    const subject = targetSubject(state, context.req.param("subject"));
    const [deleted, deletedOnly, asNegative] = [flag(context, "deleted"), flag(context, "deletedOnly"), flag(context, "deletedAsNegative")];
    const versions = state.versions(subject).filter(({ isDeleted }) => (deletedOnly ? isDeleted : deleted || asNegative || !isDeleted));
    if (versions.length === 0) throw new RegistryError("REGISTRY_SUBJECT_NOT_FOUND", `There is no subject "${subject}".`);
    const numbers = versions.map(({ version, isDeleted }) => (asNegative && isDeleted ? -version : version));
    return answerJson(context, page(context, numbers));
  });

  app.post("/subjects/:subject/versions", async (context) => {
    const request = schemaRequest(context, context.req.param("subject"), await bodyObject(context));
    const version = await registry.change(async (now, readerNow) => {
      permittedTarget(context, "write", now, request.subject);
      const registration = await inTurns(registrationSteps(now, readerNow, request), new TimeSlice(systemClock));
      return { records: registration.records, reply: registration.version };
    });
    return answerText(context, versionText(await asAsked(context, registry, version)));
  });

  app.post("/subjects/:subject/versions/:version/tags", async (context) => {
    const { subject, version: written } = context.req.param();
    const asked = tagRequest(await bodyObject(context));
    const version = await registry.change(async (now, readerNow) => {
      const found = findVersion(now, permittedTarget(context, "write", now, subject), parseVersion(written), false);
      const request: SchemaRequest = {
        subject,
        schemaType: found.schemaType,
        schema: withTags(found.schemaType, found.schema, asked),
        references: found.references,
        metadata: asked.metadata ?? found.metadata,
        ruleSet: asked.ruleSet ?? found.ruleSet,
        version: asked.newVersion,
      };
      const registration = await inTurns(registrationSteps(now, readerNow, request), new TimeSlice(systemClock));
      return { records: registration.records, reply: registration.version };
    });
    return answerText(context, versionText(version));
  });

  app.get("/subjects/:subject/versions/:version", async (context) => {
    const found = versionOf(registry, context.req.param(), flag(context, "deleted"));
    return answerText(context, versionText(await asAsked(context, registry, found), furtherMembers(context, found)));
  });

  app.get("/subjects/:subject/versions/:version/schema", async (context) =>
    answerText(context, (await asAsked(context, registry, versionOf(registry, context.req.param(), flag(context, "deleted")))).schema),
  );

  app.get("/subjects/:subject/versions/:version/referencedby", (context) => {
    const { subject, version } = versionOf(registry, context.req.param(), true);
    const referrers = flag(context, "deleted") ? state.allReferrers(subject, version) : state.referrers(subject, version);
    const ids = referrers.filter((each) => accessOf(context).may("read", each.subject)).map(({ id }) => id);
    return answerJson(
      context,
      page(
        context,
        [...new Set(ids)].sort((a, b) => a - b),
      ),
    );
  });

  app.delete("/subjects/:subject/versions/:version", async (context) => {
    const permanent = flag(context, "permanent");
    const { subject, version } = context.req.param();
    const [deleted] = await registry.change((now) => {
      const deletion = deleteVersion(now, subject, parseVersion(version), permanent);
      return { records: deletion.records, reply: deletion.versions };
    });
    return answerJson(context, deleted);
  });
  return app;
}

function versionOf(
  { state }: Registry,
  { subject, version }: { readonly subject: string; readonly version: string },
  deleted: boolean,
): SchemaVersion {
  return findVersion(state, targetSubject(state, subject), parseVersion(version), deleted);
}
