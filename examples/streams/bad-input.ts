import { type ErrorHandlers, serdes, type Serde } from "@ottla/streams";

/**
 * JSON that has to be what a topology counts on: anything else is as unreadable as bytes that are no JSON, when it is read and when it is written. Whoever has schemas of zod, valibot or arktype gives them to
 * `serdes.json` itself.
 */
export function checkedJson<T extends object>(what: string, isRight: (value: T) => boolean): Serde<T> {
  const validate = (value: unknown) =>
    typeof value === "object" && value !== null && isRight(value as T)
      ? { value: value as T }
      : { issues: [{ message: `this is not ${what}` }] };
  return serdes.json<T>({ "~standard": { version: 1, vendor: "example", validate } });
}

/** What cannot be read goes as it came to a topic beside its own, whose headers say why, and stops nobody. What a step throws is a fault of the program, and stops it. */
export const putAside: ErrorHandlers = { deserialize: ({ topic }) => ({ deadLetter: `${topic}-unreadable` }) };

/** A record without a key belongs nowhere, and one without a value says nothing here. */
export const isWhole = (value: unknown, key: unknown): boolean => value !== null && key !== null;
