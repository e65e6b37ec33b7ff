import { OttlaError } from "@ottla/base";
import type { Admin, DelegationToken } from "@ottla/client";
import type { CommandContext, RunCommand } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { timeText, withTokens } from "./with-tokens.ts";

export const renewToken: RunCommand = (context) => {
  const renewPeriodMs = context.options.integer("period-ms", 1);
  return changeToken(context, "lives until", (admin, { hmac }) =>
    admin.renewDelegationToken(hmac, renewPeriodMs === undefined ? {} : { renewPeriodMs }),
  );
};

export const expireToken: RunCommand = (context) => {
  const expiryPeriodMs = context.options.integer("after-ms");
  const verb = expiryPeriodMs === undefined ? "ended at" : "ends at";
  return changeToken(context, verb, (admin, { hmac }) =>
    admin.expireDelegationToken(hmac, expiryPeriodMs === undefined ? {} : { expiryPeriodMs }),
  );
};

/** A token is named by its id: a secret on a command line is for everybody to see. */
function changeToken(
  context: CommandContext,
  verb: string,
  change: (admin: Admin, token: DelegationToken) => Promise<number>,
): Promise<0 | 1> {
  const tokenId = context.positionals[0]!;
  return withTokens(context, async (admin) => {
    const token = (await admin.describeDelegationToken()).find((each) => each.tokenId === tokenId);
    if (token === undefined)
      throw new OttlaError("TOKEN_NOT_FOUND", shown`There is no token ${tokenId}, or none that you may see; see ottla tokens list.`);
    const expiresAtMs = await change(admin, token);
    if (context.options.has("json")) printJson(context, { tokenId, expiresAtMs });
    else context.stdout.write(shown`${tokenId} ${verb} ${timeText(expiresAtMs)}\n`);
  });
}
