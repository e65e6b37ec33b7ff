import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { type Context, Hono } from "hono";
import { compatibilitySteps, verdictMessages } from "../compatibility/check-compatibility.ts";
import type { CompatibilityLevel } from "../compatibility/compatibility-level.ts";
import { inTurns } from "../steps.ts";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { findVersion, parseVersion } from "../subjects/find-version.ts";
import { contentInSteps, versionsToFit } from "../subjects/register-schema.ts";
import { answerJson, bodyObject, flag } from "./answers.ts";
import { permittedTarget } from "./request-access.ts";
import { schemaRequest } from "./schema-request.ts";

/** Whether a schema would fit, without registering it. */
export function compatibilityRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state, reader } = registry;
  const judge = async (context: Context, subject: string, version: string | undefined): Promise<Response> => {
    const request = schemaRequest(context, subject, await bodyObject(context));
    const target = permittedTarget(context, "read", state, subject);
    const slice = new TimeSlice(systemClock);
    const { content, parsed } = await inTurns(contentInSteps(state, reader, target, request), slice);
    const config = state.config(target);
    const level = config.compatibilityLevel ?? "BACKWARD";
    let existing = versionsToFit(state, reader, target, content, config);
    let asked: CompatibilityLevel = level;
    if (version !== undefined) {
      if (state.liveVersions(target).length === 0) {
        if (parseVersion(version) !== "latest")
          throw new RegistryError("REGISTRY_VERSION_NOT_FOUND", `The subject "${target}" has no version ${version}.`);
        existing = [];
      } else {
        const found = findVersion(state, target, parseVersion(version), false);
        existing = [{ version: found.version, schema: reader.readStored(state, found) }];
      }
      // One version was asked about: whether others fit is another question.
      asked = level.replace("_TRANSITIVE", "") as CompatibilityLevel;
    }
    const verdict = await inTurns(compatibilitySteps(parsed, existing, asked, config.compatibilityPolicy), slice);
    const messages = verdictMessages({ ...verdict, level }, (number) => state.version(target, number)?.schema ?? "");
    return answerJson(context, { is_compatible: verdict.isCompatible, ...(flag(context, "verbose") && { messages }) });
  };
  app.post("/compatibility/subjects/:subject/versions", (context) => judge(context, context.req.param("subject"), undefined));
  app.post("/compatibility/subjects/:subject/versions/:version", (context) =>
    judge(context, context.req.param("subject"), context.req.param("version")),
  );
  return app;
}
