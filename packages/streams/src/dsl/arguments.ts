import { StreamsError } from "../streams-error.ts";
import { checkName } from "../topology/names.ts";
import type { AnySerde } from "../topology/parts.ts";
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

/** Refuses keys by which records are to meet and whose bytes carry a schema's id: equal keys of two schemas would not meet (`STREAMS_KEY_SCHEMA_ID`). */
export function checkMeetingKey(verb: string, key: AnySerde | undefined): void {
  if (key?.carriesSchemaId !== true) return;
  throw new StreamsError(
    "STREAMS_KEY_SCHEMA_ID",
    `${verb} brings records together by their keys' bytes, and serde ${key.name} writes a schema's id into them, so that equal keys of two schemas never meet: use a key serde without one.`,
  );
}
