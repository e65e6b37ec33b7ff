import { inspect } from "node:util";

/** Says what a serde was given and what it takes. */
export function refuse(serde: string, value: unknown, mustBe: string): never {
  const shown = inspect(value, { depth: 1, maxStringLength: 60, maxArrayLength: 6, breakLength: Number.POSITIVE_INFINITY });
  throw new TypeError(`The serde ${serde} was given ${shown}; it takes ${mustBe}.`);
}

/** Bytes of a type that always has as many. */
export function exactly(read: Uint8Array, length: number): void {
  if (read.length !== length) throw new TypeError(`There are ${read.length} bytes where ${length} were expected.`);
}
