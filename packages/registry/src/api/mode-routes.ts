import { type Context, Hono } from "hono";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { registryModes } from "../subjects/registry-record.ts";
import { deleteMode, setMode, settingPlace } from "../subjects/registry-settings.ts";
import { answerJson, bodyObject, flag, textIn } from "./answers.ts";

/** What may be done, with all or with a subject. */
export function modeRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state } = registry;
  const get = (context: Context, subject: string | null): Response => {
    const place = settingPlace(subject);
    if (place === null) return answerJson(context, { mode: state.ownMode(null) ?? "READWRITE" });
    const mode = flag(context, "defaultToGlobal") ? state.mode(place) : state.ownMode(place);
    if (mode === undefined)
      throw new RegistryError("REGISTRY_NO_SUBJECT_MODE", `Subject '${place}' does not have subject-level mode configured`);
    return answerJson(context, { mode });
  };
  const set = async (context: Context, subject: string | null): Promise<Response> => {
    const written = textIn(await bodyObject(context), "mode")?.toUpperCase();
    const mode = registryModes.find((each) => each === written);
    if (mode === undefined) throw new RegistryError("REGISTRY_INVALID_MODE", `"mode" is one of ${registryModes.join(", ")}.`);
    const force = flag(context, "force");
    await registry.change((now) => ({ records: setMode(now, subject, mode, force), reply: undefined }));
    return answerJson(context, { mode });
  };
  const remove = async (context: Context, subject: string | null): Promise<Response> => {
    const mode = await registry.change((now) => {
      const { records, mode: before } = deleteMode(now, subject, flag(context, "recursive"));
      return { records, reply: before };
    });
    return answerJson(context, { mode });
  };
  app.get("/mode", (context) => get(context, null));
  app.put("/mode", (context) => set(context, null));
  app.delete("/mode", (context) => remove(context, null));
  app.get("/mode/:subject", (context) => get(context, context.req.param("subject")));
  app.put("/mode/:subject", (context) => set(context, context.req.param("subject")));
  app.delete("/mode/:subject", (context) => remove(context, context.req.param("subject")));
  return app;
}
