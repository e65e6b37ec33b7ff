import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { Hono } from "hono";
import { inTurns } from "../steps.ts";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { deleteSubject } from "../subjects/delete-schemas.ts";
import { findingSteps, targetSubject } from "../subjects/register-schema.ts";
import { propertyOf } from "../subjects/registry-record.ts";
import { answerJson, answerText, bodyObject, flag, page, versionText } from "./answers.ts";
import { accessOf, permittedTarget } from "./request-access.ts";
import { filteredInTurns, subjectFilter } from "./subject-lists.ts";
import { asAsked } from "./text-format.ts";
import { schemaRequest } from "./schema-request.ts";

/** Subjects. */
export function subjectRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state, reader } = registry;

  app.get("/subjects", async (context) => {
    const hasPrefix = subjectFilter(context.req.query("subjectPrefix") ?? ":*:");
    const [deleted, deletedOnly] = [flag(context, "deleted"), flag(context, "deletedOnly")];
    const access = accessOf(context);
    const names = await filteredInTurns(state.sortedSubjects(), (subject) => {
      if (!hasPrefix(subject) || !access.may("read", subject)) return false;
      const isLive = state.versions(subject).some(({ isDeleted }) => !isDeleted);
      return deletedOnly ? !isLive : deleted || isLive;
    });
    return answerJson(context, page(context, names));
  });

  app.post("/subjects/:subject", async (context) => {
    const request = schemaRequest(context, context.req.param("subject"), await bodyObject(context));
    const deleted = flag(context, "deleted");
    const subject = permittedTarget(context, "read", state, request.subject);
    if ((deleted ? state.versions(subject) : state.liveVersions(subject)).length === 0) {
      throw new RegistryError("REGISTRY_SUBJECT_NOT_FOUND", `There is no subject "${subject}".`);
    }
    const found = await inTurns(findingSteps(state, reader, request, deleted), new TimeSlice(systemClock));
    if (found === undefined)
      throw new RegistryError("REGISTRY_SCHEMA_NOT_FOUND", `The subject "${subject}" has no version with this schema.`);
    return answerText(context, versionText(await asAsked(context, registry, found)));
  });

  app.delete("/subjects/:subject", async (context) => {
    const permanent = flag(context, "permanent");
    const versions = await registry.change((now) => {
      const deletion = deleteSubject(now, context.req.param("subject"), permanent);
      return { records: deletion.records, reply: deletion.versions };
    });
    return answerJson(context, versions);
  });

  app.get("/subjects/:subject/metadata", async (context) => {
    const subject = targetSubject(state, context.req.param("subject"));
    const [keys, values] = [context.req.queries("key") ?? [], context.req.queries("value") ?? []];
    if (keys.length !== values.length) throw new RegistryError("REGISTRY_BAD_REQUEST", 'Each "key" has a "value" behind it.');
    const versions = flag(context, "deleted") ? state.versions(subject) : state.liveVersions(subject);
    if (versions.length === 0) throw new RegistryError("REGISTRY_SUBJECT_NOT_FOUND", `There is no subject "${subject}".`);
    const found = versions.findLast(({ metadata }) => keys.every((key, index) => propertyOf(metadata, key) === values[index]));
    if (found === undefined)
      throw new RegistryError("REGISTRY_SCHEMA_NOT_FOUND", `The subject "${subject}" has no version with this metadata.`);
    return answerText(context, versionText(await asAsked(context, registry, found)));
  });

  return app;
}
