import { Hono } from "hono";
import type { Registry } from "../service/registry.ts";
import { deleteContext } from "../subjects/delete-context.ts";
import { parseSubjectName } from "../subjects/subject-name.ts";
import { answerJson, page } from "./answers.ts";
import { accessOf } from "./request-access.ts";

/** Contexts. */
export function contextRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state } = registry;
  app.get("/contexts", (context) => {
    const access = accessOf(context);
    const readable = new Set<string>();
    for (const subject of state.subjects()) {
      const { context: of } = parseSubjectName(subject);
      if (!readable.has(of) && access.may("read", subject)) readable.add(of);
    }
    const prefix = context.req.query("contextPrefix") ?? "";
    const names = [".", ...state.contexts().filter((each) => each !== "." && readable.has(each))];
    return answerJson(
      context,
      page(
        context,
        names.filter((each) => each.startsWith(prefix)),
      ),
    );
  });
  app.delete("/contexts/:context", async (context) => {
    const name = context.req.param("context");
    await registry.change((now) => ({ records: deleteContext(now, name), reply: undefined }));
    return context.body(null, 204);
  });
  return app;
}
