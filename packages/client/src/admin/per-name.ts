import { KafkaError } from "@ottla/protocol";
import { isEnding } from "../lifetime.ts";
import { asKafkaError, done, refused } from "../outcome.ts";
import type { Named } from "./admin-types.ts";

/** Runs one call per name, in parallel; a failure stays with its name. */
export function perName<Value>(names: readonly string[], run: (name: string) => Promise<Value>): Promise<Named<Value>[]> {
  return Promise.all(
    names.map(async (name): Promise<Named<Value>> => {
      try {
        return { name, ...done(await run(name)) };
      } catch (error) {
        if (!(error instanceof KafkaError) && !(error instanceof Error && "retriable" in error)) throw error;
        if (isEnding(error)) throw error;
        return { name, ...refused<Value>(asKafkaError(error)) };
      }
    }),
  );
}
