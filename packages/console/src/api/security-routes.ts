import type { Acl, ClientQuotas } from "@ottla/client";
import { Hono } from "hono";
import type { ConsoleContext } from "./console-context.ts";
import { refusalOf, type Refusal } from "./answers.ts";

const CALL_TIMEOUT_MS = 15_000;

/** What was seen, or why not: an administrator of topics may not see ACLs, and sees the rest all the same. */
type Seen<Value> = { readonly value: Value; readonly refused: null } | { readonly value: null; readonly refused: Refusal };

/** Who may do what: ACLs, users, quotas. */
export function securityRoutes({ client, watch }: ConsoleContext) {
  return new Hono().get("/security", async (c) => {
    watch.touch();
    watch.budget.note(3);
    const admin = client.admin();
    const options = { timeoutMs: CALL_TIMEOUT_MS };
    const [acls, quotas, users] = await Promise.all([
      seen<readonly Acl[]>(admin.describeAcls(undefined, options)),
      seen<readonly ClientQuotas[]>(admin.describeClientQuotas(undefined, options)),
      seen(
        admin
          .describeUserScramCredentials(undefined, options)
          .then((all) => all.map(({ name, value }) => ({ name, mechanisms: (value ?? []).map(({ mechanism }): string => mechanism) }))),
      ),
    ]);
    return c.json({ acls, quotas, users });
  });
}

async function seen<Value>(call: Promise<Value>): Promise<Seen<Value>> {
  try {
    return { value: await call, refused: null };
  } catch (error) {
    const { code, message } = refusalOf(error);
    return { value: null, refused: { code, message } };
  }
}
