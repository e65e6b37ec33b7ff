import { Hono } from "hono";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { deleteVersion } from "../subjects/delete-schemas.ts";
import { findVersion, parseVersion } from "../subjects/find-version.ts";
import { registerSchema, targetSubject } from "../subjects/register-schema.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { answerJson, answerText, bodyObject, flag, page, versionText } from "./answers.ts";
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
    const version = await registry.change((now, readerNow) => {
      const registration = registerSchema(now, readerNow, request);
      return { records: registration.records, reply: registration.version };
    });
    return answerText(context, versionText(version));
  });

  app.get("/subjects/:subject/versions/:version", (context) =>
    answerText(context, versionText(versionOf(registry, context.req.param(), flag(context, "deleted")))),
  );

  app.get("/subjects/:subject/versions/:version/schema", (context) =>
    answerText(context, versionOf(registry, context.req.param(), flag(context, "deleted")).schema),
  );

  app.get("/subjects/:subject/versions/:version/referencedby", (context) => {
    const { subject, version } = versionOf(registry, context.req.param(), true);
    const ids = state.referrers(subject, version).map(({ id }) => id);
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
