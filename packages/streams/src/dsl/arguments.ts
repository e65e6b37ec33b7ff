import { StreamsError } from "../streams-error.ts";
import { checkName } from "../topology/names.ts";
import type { Named } from "./options.ts";

/** Refuses what is no function where one is needed (`STREAMS_BAD_ARGUMENT`). */
export function checkFunction(verb: string, what: string, value: unknown): void {
  if (typeof value !== "function")
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `${verb} needs a function as ${what}, and was given ${typeof value}.`);
}

/** The name in the options, if it can be one. */
export function nameIn(options: Named | undefined): string | undefined {
  if (options?.name !== undefined) checkName(options.name);
  return options?.name;
}
