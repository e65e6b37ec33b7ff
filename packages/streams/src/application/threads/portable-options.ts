import { isPortable } from "@ottla/base/node";
import { StreamsError } from "../../streams-error.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";

/** What stays with the application when its workers are on threads: `fatal` is asked here, `signal` ends the threads from here, and `onReachability` is told of this side's client. */
const AT_HOME: ReadonlySet<string> = new Set(["onError.fatal", "client.signal", "client.onReachability"]);

/** An application's options as its workers' threads get them. Throws `STREAMS_BAD_ARGUMENT` with the name of one that cannot go there. */
export function portableOptions(options: ResolvedOptions): ResolvedOptions {
  const portable = {
    ...options,
    onError: onlyPortable("onError", options.onError),
    client: onlyPortable("client", options.client),
  };
  const stuck = Object.entries(portable).find(([, value]) => !isPortable(value));
  if (stuck !== undefined) throw stays(stuck[0]);
  return portable;
}

function onlyPortable<T extends object>(option: string, values: T): T {
  const kept = Object.entries(values).filter(([name]) => !AT_HOME.has(`${option}.${name}`));
  for (const [name, value] of kept) if (!isPortable(value)) throw stays(`${option}.${name}`);
  return Object.fromEntries(kept) as T;
}

function stays(name: string): StreamsError {
  const [option] = name.split(".");
  return new StreamsError(
    "STREAMS_BAD_ARGUMENT",
    `${name} is or has a function, or what else cannot go to a worker's thread: let the topology's module export it, as export const ${option} = { … }.`,
  );
}
