import type { CommandContext } from "./command.ts";
import type { FaultsPlan } from "./parts/controlled-broker-part.ts";
import { PORT_MAX } from "./port-max.ts";

/** What `--faults`, `--faults-port` and `--faults-file` ask for; undefined: nothing. */
export async function faultsPlan({ options }: CommandContext): Promise<FaultsPlan | undefined> {
  const port = options.integer("faults-port", 0, PORT_MAX);
  const file = options.text("faults-file");
  if (!options.has("faults") && port === undefined && file === undefined) return undefined;
  const armed = file === undefined ? [] : (await import("./fault-file.ts")).readFaultFile(file);
  return { port: port ?? 0, isPortAskedFor: port !== undefined, armed };
}

/** The line about the door that is open; "" where there is none. */
export function faultsNote(address: string | undefined): string {
  return address === undefined ? "" : `Faults at ${address}/faults, for programs of this machine.\n`;
}
