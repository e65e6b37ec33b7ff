import { OttlaError } from "../errors.ts";

/** Reads a file that says who may do what, field by field. Errors name the place and never what stands there, which may be a secret. */
export class AccessFile {
  readonly #code: string;
  readonly #what: string;

  /** `what` begins the sentences of errors: `The registry's users`. */
  constructor(code: string, what: string) {
    this.#code = code;
    this.#what = what;
  }

  /** An object with no other fields than these: one that is spelled wrongly must not be one that is missing. */
  objectAt(value: unknown, place: string, fields: readonly string[]): Readonly<Record<string, unknown>> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.invalid(place, "is no object");
    const other = Object.keys(value).find((name) => !fields.includes(name));
    if (other !== undefined) throw this.invalid(place, `has "${other.slice(0, 40)}", which means nothing there`);
    return value as Record<string, unknown>;
  }

  /** A list; what is left out is an empty one where `isOptional`. */
  listAt(value: unknown, place: string, isOptional = false): readonly unknown[] {
    if (value === undefined && isOptional) return [];
    if (Array.isArray(value)) return value;
    throw this.invalid(place, "is no list");
  }

  /** A name that HTTP's Basic can carry. */
  nameAt(value: unknown, place: string): string {
    if (typeof value !== "string" || value === "" || value.includes(":") || value.length > 200)
      throw this.invalid(place, 'is a text without ":"');
    return value;
  }

  textsAt(value: unknown, place: string, whatTheyAre: string): readonly string[] {
    const list = this.listAt(value, place);
    if (!list.every((each): each is string => typeof each === "string" && each !== "")) throw this.invalid(place, whatTheyAre);
    return list;
  }

  invalid(place: string, what: string): OttlaError {
    return new OttlaError(this.#code, `${this.#what} cannot be read: ${place} ${what}.`);
  }
}
