import { type Clock, OttlaError, TimeSlice } from "@ottla/base";
import type { Acl, ClientQuotas } from "@ottla/client";
import { Hono } from "hono";
import { z } from "zod";
import { visitorOf } from "../access/visitor.ts";
import { authorizerFacts } from "../security/authorizer-facts.ts";
import { changeUser } from "../security/scram-users.ts";
import { whoMay } from "../security/who-may.ts";
import type { ConsoleContext } from "./console-context.ts";
import { seen } from "./answers.ts";

const CALL_TIMEOUT_MS = 15_000;
/** More are not sent to a page: they are searched here. */
const ACLS_SHOWN_MAX = 1_000;
const CLOSED = { superUsers: [], allowsEveryoneIfNoAcl: false };

const word = z.string().min(1).max(300);
const whoShape = z.object({
  resourceType: z.enum(["topic", "group", "cluster", "transactionalId", "delegationToken", "user"]),
  resourceName: word,
  operation: z.string().regex(/^[a-zA-Z]{1,40}$/, "it is no operation"),
});
const userShape = z.strictObject({
  user: word,
  mechanism: z.enum(["SCRAM-SHA-256", "SCRAM-SHA-512"]),
  /** Null takes it away; then the name is typed once more. */
  password: z.string().min(1).max(1_000).nullable(),
  agreed: z.string().max(300).optional(),
});

/** Who may do what: ACLs, users, quotas, certificates. ACLs and quotas are changed by plans. */
export function securityRoutes({ client, clock, watch, desk, doctor, audit }: ConsoleContext) {
  const options = { timeoutMs: CALL_TIMEOUT_MS };
  return new Hono()
    .get("/security", async (c) => {
      watch.touch();
      watch.budget.note(3);
      const admin = client.admin();
      const search = (c.req.query("search") ?? "").toLowerCase().slice(0, 300);
      const [acls, quotas, users] = await Promise.all([
        seen(admin.describeAcls(undefined, options).then((all) => partOf(all, search, clock))),
        seen(admin.describeClientQuotas(undefined, options).then((all) => all.map(quotaView))),
        seen(
          admin
            .describeUserScramCredentials(undefined, options)
            .then((all) => all.map(({ name, value }) => ({ name, mechanisms: (value ?? []).map(({ mechanism }): string => mechanism) }))),
        ),
      ]);
      return c.json({ acls, quotas, users });
    })
    .get("/security/who", async (c) => {
      watch.touch();
      watch.budget.note(3);
      const { resourceType, resourceName, operation } = whoShape.parse(c.req.query());
      const admin = client.admin();
      const [acls, facts] = await Promise.all([
        admin.describeAcls({ resourceType, resourceName, patternType: "match" }, options),
        authorizerFacts(admin, CALL_TIMEOUT_MS).catch(() => undefined),
      ]);
      const verdicts = whoMay(acls, operation, facts ?? CLOSED);
      return c.json({
        concerning: acls.length,
        isAuthorizerKnown: facts !== undefined,
        verdicts: verdicts.map(({ because, ...verdict }) => ({ ...verdict, because: because ?? null })),
      });
    })
    .get("/security/certificates", async (c) => {
      watch.touch();
      await doctor.report(false);
      return c.json({ certificates: doctor.certificates });
    })
    .post("/security/users", async (c) => {
      desk.requireWritable();
      const { agreed, ...change } = userShape.parse(await c.req.json());
      if (change.password === null && agreed !== change.user)
        throw new OttlaError(
          "NOT_AGREED",
          `Who takes the password of ${change.user} away locks that user out: type the name to agree to it.`,
        );
      audit.note(c, { user: change.user, mechanism: change.mechanism, change: change.password === null ? "delete" : "set" });
      await changeUser(client.admin(), change);
      const what = change.password === null ? "taken away" : "set";
      desk.note(change.user, `The ${change.mechanism} password of user ${change.user} was ${what}.`, visitorOf(c));
      return c.json({ user: change.user, mechanism: change.mechanism });
    });
}

/** A hundred thousand ACLs take their time to be searched: others have their turn in between. */
async function partOf(all: readonly Acl[], search: string, clock: Clock) {
  const slice = new TimeSlice(clock);
  const shown: Acl[] = [];
  let found = 0;
  for (const acl of all) {
    if (slice.isOver) await slice.rest();
    if (search !== "" && !Object.values(acl).join(" ").toLowerCase().includes(search)) continue;
    if (++found <= ACLS_SHOWN_MAX) shown.push(acl);
  }
  return { acls: shown, found, total: all.length };
}

function quotaView({ entity, quotas }: ClientQuotas) {
  return {
    entity: { user: entity.user, clientId: entity.clientId, ip: entity.ip },
    quotas: [...quotas].map(([name, value]) => ({ name, value })),
  };
}
