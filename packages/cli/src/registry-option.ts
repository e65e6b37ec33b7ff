import { type CommandContext, UsageError } from "./command.ts";
import type { PartPlan } from "./parts/part-runner.ts";
import { PORT_MAX } from "./port-max.ts";

const DEFAULT_PORT = 8081;
const LOOPBACK = "127.0.0.1";

/**
 * Where the Schema Registry is to listen; undefined where it is left out. `isNamed`: what `--only` says of it, undefined without that option. `isListenerOurs`: false where the listeners are the user's
 * own and may ask for a login that nobody gave; it is started there when it is asked for. Where the broker takes any free port the registry does too.
 */
export function registryPort(
  { options }: CommandContext,
  { isNamed, isListenerOurs }: { readonly isNamed: boolean | undefined; readonly isListenerOurs: boolean },
): PartPlan["port"] {
  const asked = options.integer("registry-port", 0, PORT_MAX);
  if (asked !== undefined && isNamed === false)
    throw new UsageError("--registry-port is for the registry, which --only leaves out; name it there, or leave out one of the two.");
  if (asked !== undefined) return { number: asked, isAskedFor: true };
  if (!(isNamed ?? isListenerOurs)) return undefined;
  return { number: options.integer("port", 0, PORT_MAX) === 0 ? 0 : DEFAULT_PORT, isAskedFor: false };
}

/**
 * The Schema Registry, on a thread of its own. `clientPropertiesFile`: what it logs in with at a secure broker. It listens on this machine alone then: whoever reaches it writes with the rights of
 * its login.
 */
export async function registryParts(
  { main }: CommandContext,
  port: PartPlan["port"],
  clientPropertiesFile: string | undefined,
): Promise<PartPlan[]> {
  if (port === undefined) return [];
  const { workerPart } = await import("./parts/worker-part.ts");
  const secure = clientPropertiesFile === undefined ? {} : { commandConfig: clientPropertiesFile, host: LOOPBACK };
  return [{ part: workerPart("registry", { module: "registry", entry: main }), key: "registry", port, settings: secure }];
}

/** The line about the registry that runs; "" where there is none. */
export function registryNote(address: string | undefined, isSecure: boolean): string {
  const door = isSecure ? " It asks for no login, and can be reached from this machine only." : "";
  return address === undefined ? "" : `Schema Registry at ${address}.${door}\n`;
}
