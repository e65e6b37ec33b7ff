import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { knownCredentials, namedMechanisms, userName } from "./user-mechanisms.ts";

export const removeUsers: RunCommand = (context) => {
  const { options, positionals, stdout } = context;
  const users = [...new Set(positionals.map(userName))];
  const named = namedMechanisms(options);
  return withClient(context, async (client) => {
    const admin = client.admin();
    const removed: { readonly user: string; readonly mechanism: string }[] = [];
    const failures: ResourceFailure[] = [];
    for (const user of users) {
      try {
        const mechanisms = named.length > 0 ? named : (await knownCredentials(admin, user)).map(({ mechanism }) => mechanism);
        for (const mechanism of mechanisms) {
          const [outcome] = await admin.alterUserScramCredentials([{ user, mechanism, remove: true }]);
          if (outcome?.error) throw outcome.error;
          removed.push({ user, mechanism });
        }
      } catch (error) {
        if (context.signal.aborted || !(error instanceof Error)) throw error;
        failures.push({ name: user, error: "code" in error ? String(error.code) : error.name, message: error.message });
      }
    }
    if (options.has("json")) printJson(context, { removed, failed: failures });
    else for (const { user, mechanism } of removed) stdout.write(shown`removed: ${user} (${mechanism})\n`);
    return reportFailures(context, failures);
  });
};
