import { ClientError } from "../client-error.ts";

/** Returns an integer option when it lies in its range, ends included. Throws `ClientError` INVALID_OPTION. */
export function checkRange(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`;
    throw new ClientError("INVALID_OPTION", `${name} is ${value}; it must be ${range}.`);
  }
  return value;
}

/** Returns an option when it is one of the values it may have. Throws `ClientError` INVALID_OPTION. */
export function checkOneOf<T extends string | number>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw new ClientError("INVALID_OPTION", `${name} is "${value}"; it must be one of ${allowed.join(", ")}.`);
  return value;
}
