import type { DelegationToken } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { parsePrincipal } from "../acls/acl-words.ts";
import { timeText, withTokens } from "./with-tokens.ts";

export const listTokens: RunCommand = (context) => {
  const { options, stdout, env } = context;
  const owners = options.texts("owner").map(parsePrincipal);
  return withTokens(context, async (admin) => {
    const tokens = await admin.describeDelegationToken(owners.length > 0 ? { owners } : {});
    if (options.has("json")) printJson(context, tokens);
    else if (tokens.length === 0) stdout.write("There are no such tokens, or none that you may see.\n");
    else stdout.write(renderTable(columns, tokens.map(row), textStyle(stdout, env)));
  });
};

const columns = [
  { title: "token" },
  { title: "owner" },
  { title: "requester" },
  { title: "renewers" },
  { title: "ends" },
  { title: "at the latest" },
];

function row({ tokenId, owner, requester, renewers, expiresAtMs, maxTimestampMs }: DelegationToken) {
  return [tokenId, owner, requester, renewers.join(", "), timeText(expiresAtMs), timeText(maxTimestampMs)];
}
