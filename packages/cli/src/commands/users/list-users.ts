import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const listUsers: RunCommand = (context) => {
  const { options, stdout, env } = context;
  return withClient(context, async (client) => {
    const described = await client.admin().describeUserScramCredentials();
    const users = described
      .flatMap(({ name, value }) => (value ? [{ user: name, credentials: value }] : []))
      .sort((a, b) => (a.user < b.user ? -1 : 1));
    if (options.has("json")) printJson(context, users);
    else if (users.length === 0) stdout.write("There are no users who log in by SCRAM.\n");
    else {
      const rows = users.flatMap(({ user, credentials }) => credentials.map(({ mechanism, iterations }) => [user, mechanism, iterations]));
      stdout.write(
        renderTable([{ title: "user" }, { title: "mechanism" }, { title: "iterations", isNumeric: true }], rows, textStyle(stdout, env)),
      );
    }
    return 0 as const;
  });
};
