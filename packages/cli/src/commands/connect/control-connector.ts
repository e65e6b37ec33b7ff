import type { RunCommand } from "../../command.ts";
import { connectorPath, connectRestOf } from "../../connect/connect-rest.ts";
import { shown } from "../../output.ts";

const DONE = { pause: "is being paused", resume: "goes on", stop: "is being stopped" } as const;

/** `ottla connect pause|resume|stop`. */
export function controlConnector(verb: "pause" | "resume" | "stop"): RunCommand {
  return async (context) => {
    const [name = ""] = context.positionals;
    await connectRestOf(context).send("PUT", connectorPath(name, `/${verb}`));
    context.stdout.write(shown`${name} ${DONE[verb]}.\n`);
    return 0;
  };
}

export const restartConnector: RunCommand = async (context) => {
  const [name = ""] = context.positionals;
  const onlyFailed = context.options.has("only-failed");
  await connectRestOf(context).send("POST", connectorPath(name, `/restart?includeTasks=true&onlyFailed=${onlyFailed}`));
  context.stdout.write(shown`${name} is being restarted.\n`);
  return 0;
};

export const deleteConnector: RunCommand = async (context) => {
  const [name = ""] = context.positionals;
  await connectRestOf(context).send("DELETE", connectorPath(name));
  context.stdout.write(shown`${name} is deleted.\n`);
  return 0;
};
