import { inspect } from "node:util";
import { nearName } from "@ottla/base";
import { TestingError } from "./testing-error.ts";

/** Throws `INVALID_ARGUMENT` where a value is not what it must be: in a test a slip of the fingers is an error, and one that is only waited for is found late. */
export type Check = (subject: string, value: unknown) => void;

const SHOWN_CHARACTERS_MAX = 60;
/** A longer wait is a mistake in its unit. */
const WAIT_MS_MAX = 3_600_000;

export function refuse(subject: string, value: unknown, must: string): never {
  const text = inspect(value, { depth: 0, breakLength: Infinity });
  const shown = text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX - 1)}…` : text;
  throw new TestingError("INVALID_ARGUMENT", `${subject} is ${shown}; it must be ${must}.`);
}

export const checkName: Check = (subject, value) => {
  if (typeof value !== "string" || value === "") refuse(subject, value, "a text with one character at least");
};

export const checkFunction: Check = (subject, value) => {
  if (typeof value !== "function") refuse(subject, value, "a function");
};

export function wholeNumber(least: number): Check {
  return (subject, value) => {
    if (!Number.isSafeInteger(value) || (value as number) < least) refuse(subject, value, `a whole number from ${least}`);
  };
}

export function oneOf(...names: readonly string[]): Check {
  return (subject, value) => {
    if (!names.includes(value as string))
      refuse(
        subject,
        value,
        names
          .map((name) => `"${name}"`)
          .join(", ")
          .replace(/, ([^,]*)$/, " or $1"),
      );
  };
}

export function listOf(check: Check): Check {
  return (subject, value) => {
    if (!Array.isArray(value)) refuse(subject, value, "a list");
    // By number: a list may have holes.
    for (let at = 0; at < (value as unknown[]).length; at++) check(`${subject}[${at}]`, (value as unknown[])[at]);
  };
}

export const checkObject: Check = (subject, value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(subject, value, "an object");
};

/** An object with these fields and no others, each left out or as it must be. */
export function fieldsOf(checks: Readonly<Record<string, Check>>): Check {
  return (subject, value) => {
    checkObject(subject, value);
    for (const [name, each] of Object.entries(value as object)) {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (check === undefined) throw noSuchField(subject, name, Object.keys(checks));
      if (each !== undefined) check(`${subject}.${name}`, each);
    }
  };
}

/** Anything: somebody else looks at it. */
export const unchecked: Check = () => undefined;

const waitMs: Check = (subject, value) => {
  if (!(typeof value === "number" && value >= 0 && value <= WAIT_MS_MAX)) refuse(subject, value, `a time in ms, at most ${WAIT_MS_MAX}`);
};

/** How patient a helper is; of all helpers that wait. */
export const waitFields: Readonly<Record<string, Check>> = { withinMs: waitMs };

function noSuchField(subject: string, name: string, known: readonly string[]): TestingError {
  const near = nearName(name, known);
  return new TestingError(
    "INVALID_ARGUMENT",
    `${subject} has no "${name}"; ${near === undefined ? `there are ${known.join(", ")}` : `"${near}" was perhaps meant`}.`,
  );
}
