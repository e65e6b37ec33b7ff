import { OttlaError } from "@ottla/base";
import type { Admin } from "@ottla/client";
import type { CommandContext, RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { readPassword } from "../../read-password.ts";
import { credentialsOf, knownCredentials, type Mechanism, namedMechanisms, userName } from "./user-mechanisms.ts";

const ITERATIONS_MIN = 4096;
const ITERATIONS_MAX = 16_384;

export const addUser: RunCommand = (context) =>
  withUser(context, "added", async (admin, user, named) => {
    if ((await credentialsOf(admin, user)).length > 0)
      throw new OttlaError("USER_EXISTS", `There is a user "${user}" already; ottla users password gives it another password.`);
    return named.length > 0 ? named : ["SCRAM-SHA-512"];
  });

export const changePassword: RunCommand = (context) =>
  withUser(context, "changed", async (admin, user, named) => {
    const known = (await knownCredentials(admin, user)).map(({ mechanism }) => mechanism);
    return named.length > 0 ? named : known;
  });

/** Asks for the password once it is known that the user may have it. */
function withUser(
  context: CommandContext,
  what: "added" | "changed",
  mechanismsOf: (admin: Admin, user: string, named: readonly Mechanism[]) => Promise<readonly Mechanism[]>,
): Promise<0 | 1> {
  const { options, positionals, stdout } = context;
  const user = userName(positionals[0]!);
  const iterations = options.integer("iterations", ITERATIONS_MIN, ITERATIONS_MAX);
  return withClient(context, async (client) => {
    const admin = client.admin();
    const mechanisms = await mechanismsOf(admin, user, namedMechanisms(options));
    const password = await readPassword(context, shown`${user}`);
    // A request names a user once.
    for (const mechanism of mechanisms) {
      const [outcome] = await admin.alterUserScramCredentials([{ user, mechanism, password, iterations }]);
      if (outcome?.error) throw outcome.error;
    }
    if (options.has("json")) printJson(context, { [what]: { user, mechanisms } });
    else stdout.write(shown`${what}: ${user} (${mechanisms.join(", ")})\n`);
    return 0 as const;
  });
}
