import { OttlaError } from "@ottla/base";
import type { Admin } from "@ottla/client";
import type { CommandContext } from "../../command.ts";
import { withClient } from "../../connect-client.ts";

/** What is to be done, by the code of what went wrong. */
const REMEDIES: Readonly<Record<string, string>> = {
  DELEGATION_TOKEN_AUTH_DISABLED: "The brokers have no delegation tokens; start them with delegation.token.secret.key.",
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED:
    "Nobody may ask about tokens without having logged in, or with a token; log in as a user, by --command-config with security.protocol and sasl.* or a certificate.",
  DELEGATION_TOKEN_AUTHORIZATION_FAILED:
    "You may not make tokens for that owner; it would be allowed by: ottla acls add --principal YOU --operation create-tokens --resource user:OWNER",
  DELEGATION_TOKEN_OWNER_MISMATCH: "Only its owner and its renewers may renew or end a token.",
  DELEGATION_TOKEN_EXPIRED: "The token has ended already.",
  DELEGATION_TOKEN_NOT_FOUND: "There is no such token any more.",
  POLICY_VIOLATION: "There are too many tokens, or the names of its renewers are too long; end some tokens first.",
};

/** Does something with the cluster's tokens; failures are told with their remedy. */
export function withTokens(context: CommandContext, work: (admin: Admin) => Promise<void>): Promise<0 | 1> {
  return withClient(context, async (client) => {
    try {
      await work(client.admin());
      return 0 as const;
    } catch (error) {
      const code = error instanceof OttlaError ? error.code : "";
      const remedy = REMEDIES[code];
      throw remedy === undefined ? error : new OttlaError(code, remedy, { cause: error });
    }
  });
}

/** When, as a person reads it. */
export function timeText(atMs: number): string {
  return Number.isFinite(new Date(atMs).getTime()) ? new Date(atMs).toISOString().replace(".000Z", "Z") : "never";
}
