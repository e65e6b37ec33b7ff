import type { Random } from "@ottla/base";

const ODD_NUMBERS = [-1, 0, 1, 2, -2, 7, 100, 32_767, -32_768, 2_147_483_647, -2_147_483_648, Number.MAX_SAFE_INTEGER];
const ERROR_CODES_END = 134;
const ODD_TEXTS = [null, "", "zzz", "AAAAAAAAAAAAAAAAAAAAAg", "x".repeat(30_000), "t"];
const ODD_IN_PLACE_OF_NULL = [0, "", [], "zzz"];
/** Of so many changes of an error code one is to a number of another kind. */
const CODES_PER_NUMBER = 4;

/** A place in a message, from the outside to the inside. */
export type FieldPath = readonly string[];

type Fields = Record<string, unknown>;

/** Every field of an answer, those of its parts included. */
export function fieldsOf(message: unknown, path: FieldPath = []): FieldPath[] {
  if (message === null || typeof message !== "object" || Buffer.isBuffer(message)) return [];
  return Object.entries(message).flatMap(([name, value]) =>
    name === "unknownTaggedFields" ? [] : [[...path, name], ...fieldsOf(value, [...path, name])],
  );
}

/** A copy of an answer in which one field is what no broker should say; undefined: it has no such field. */
export function withOddField(message: unknown, path: FieldPath, random: Random): unknown {
  const copy = copyOf(message);
  let holder = copy as Fields | undefined;
  for (const name of path.slice(0, -1)) holder = holder?.[name] as Fields | undefined;
  const name = path.at(-1)!;
  if (holder === undefined || holder === null || !(name in holder)) return undefined;
  holder[name] = oddValue(name, holder[name], random);
  return copy;
}

function oddValue(name: string, value: unknown, random: Random): unknown {
  const oneOf = <T>(list: readonly T[]): T => list[random.nextInt(list.length)]!;
  if (/errorCode/i.test(name) && random.nextInt(CODES_PER_NUMBER) > 0) return random.nextInt(ERROR_CODES_END + 1) - 1;
  if (typeof value === "number") return oneOf(ODD_NUMBERS);
  if (typeof value === "bigint") return BigInt(oneOf(ODD_NUMBERS));
  if (typeof value === "string") return oneOf(ODD_TEXTS);
  if (typeof value === "boolean") return !value;
  if (value === null) return oneOf(ODD_IN_PLACE_OF_NULL);
  if (Buffer.isBuffer(value)) return oddBytes(value, random);
  if (Array.isArray(value)) return oneOf([[], null, value.slice(1), [...value, ...(copyOf(value) as unknown[])]]);
  return null;
}

function oddBytes(bytes: Buffer, random: Random): Buffer | null {
  switch (random.nextInt(5)) {
    case 0:
      return null;
    case 1:
      return Buffer.alloc(0);
    case 2:
      return bytes.subarray(0, random.nextInt(bytes.length + 1));
    case 3:
      return Buffer.concat([bytes, Buffer.from("and more that nobody knows")]);
    default: {
      const spoilt = Buffer.from(bytes);
      if (spoilt.length > 0) spoilt[random.nextInt(spoilt.length)] = random.nextInt(256);
      return spoilt;
    }
  }
}

function copyOf(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(copyOf);
  if (value === null || typeof value !== "object" || value instanceof Map) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copyOf(each)]));
}
