import { DataError } from "../../data/data-error.ts";
import { described } from "../../data/check-value.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { IDENTIFIER } from "./protobuf-names.ts";

/** What every object of JavaScript has already, and messages name otherwise. */
const OF_OBJECTS = new Set(["constructor", "toString", "toJSON", "valueOf"]);

/** The names of one message's fields. */
export class ProtoFieldNames {
  readonly #schema: ConnectSchema;
  readonly #scrub: boolean;
  readonly #given = new Map<string, string>();
  /** Names that fields have as they are. */
  readonly #fit: ReadonlySet<string>;

  constructor(schema: ConnectSchema, scrub: boolean) {
    this.#schema = schema;
    this.#scrub = scrub;
    this.#fit = new Set(schema.fields!.filter(({ name }) => IDENTIFIER.test(name)).map(({ name }) => jsonName(name)));
  }

  /** @throws ConnectError CONNECT_DATA for a name that Protobuf has not, or takes for another, where none may be changed. */
  of(name: string): string {
    const other = this.#given.get(jsonName(name));
    if (IDENTIFIER.test(name) && other === undefined) return this.#give(name);
    if (!this.#scrub)
      throw new DataError(
        `${other === undefined ? `"${name}" is no name of a field in Protobuf (letters, digits and _, a letter first)` : `"${other}" and "${name}" are one name in Protobuf`}; set scrub.invalid.names=true, or rename it in ${described(this.#schema)} by ReplaceField`,
      );
    const word = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
    const base = IDENTIFIER.test(word) ? word : `f_${word}`;
    let tried = base;
    for (let count = 2; this.#given.has(jsonName(tried)) || this.#fit.has(jsonName(tried)); count++) tried = `${base}_${count}`;
    return this.#give(tried);
  }

  canHave(names: readonly string[]): boolean {
    const all = new Set(names.map((name) => jsonName(name)));
    return (
      all.size === names.length &&
      names.every((name) => IDENTIFIER.test(name) && !this.#given.has(jsonName(name)) && !this.#fit.has(jsonName(name)))
    );
  }

  /** Under which a message has the field in JavaScript. */
  inMessages(name: string): string {
    const json = jsonName(name);
    return OF_OBJECTS.has(json) ? `${json}$` : json;
  }

  #give(name: string): string {
    this.#given.set(jsonName(name), name);
    return name;
  }
}

/** As protoc makes it: what stands behind a _ is a capital. */
function jsonName(name: string): string {
  return name.replaceAll(/_+([A-Za-z0-9]?)/g, (_all, next: string) => next.toUpperCase());
}
