import type { Admin, QuotaChange, QuotaEntity } from "@ottla/client";
import type { CommandContext, RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { entityOf, entityText, limitsOf } from "./quota-words.ts";

export const setQuotas: RunCommand = (context) => {
  const entity = entityOf(context.options);
  const limits = limitsOf(context.options, entity.ip !== undefined);
  return change(context, entity, () => limits.map((each) => ({ op: "set", ...each })));
};

export const removeQuotas: RunCommand = (context) => {
  const entity = entityOf(context.options);
  const only = context.options.texts("only").map((option) => option.replaceAll("-", "_"));
  return change(context, entity, (known) =>
    (only.length > 0 ? only.filter((name) => known.includes(name)) : known).map((name) => ({ op: "delete", name })),
  );
};

/** `changesOf` gets the names of the limits that there are. */
function change(
  context: CommandContext,
  entity: QuotaEntity,
  changesOf: (known: readonly string[]) => readonly QuotaChange[],
): Promise<0 | 1> {
  const { options, stdout } = context;
  return withClient(context, async (client) => {
    const admin = client.admin();
    const changes = changesOf([...(await quotasOf(admin, entity)).keys()]);
    if (changes.length > 0) {
      const [outcome] = await admin.alterClientQuotas([{ entity, changes }]);
      if (outcome?.error) throw outcome.error;
    }
    if (options.has("json")) printJson(context, { entity, quotas: Object.fromEntries(await quotasOf(admin, entity)) });
    else if (changes.length === 0) stdout.write(`There were no such quotas of ${entityText(entity)}.\n`);
    else
      for (const each of changes)
        stdout.write(
          `${entityText(entity)}: ${each.op === "set" ? `${each.name} is ${each.value} a second` : `${each.name} is removed`}\n`,
        );
    return 0 as const;
  });
}

async function quotasOf(admin: Admin, entity: QuotaEntity): Promise<ReadonlyMap<string, number>> {
  const match = (name: string | null | undefined) => (name === null ? "default" : name === undefined ? undefined : { name });
  const filter = { user: match(entity.user), clientId: match(entity.clientId), ip: match(entity.ip), strict: true } as const;
  const [found] = await admin.describeClientQuotas(filter);
  return found?.quotas ?? new Map();
}
