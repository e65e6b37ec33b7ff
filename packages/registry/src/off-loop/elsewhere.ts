import type { ParsedSchema } from "../formats/schema-format.ts";
import type { OffLoop, SchemaTexts, TypedSource } from "./off-loop.ts";

/** Where a schema can be asked without holding the loop. */
export interface Elsewhere {
  readonly judge: OffLoop;
  readonly schema: TypedSource;
  /** It was not read here: it answers its texts alone. */
  readonly isOnlyThere: boolean;
}

const places = new WeakMap<ParsedSchema, Elsewhere>();

/** Undefined of a schema of a registry that has no such place. */
export function elsewhereOf(schema: ParsedSchema): Elsewhere | undefined {
  return places.get(schema);
}

/** A schema that was read here, and may be compared with one that was not. */
export function readHere(judge: OffLoop, schema: TypedSource, parsed: ParsedSchema): ParsedSchema {
  places.set(parsed, { judge, schema, isOnlyThere: false });
  return parsed;
}

/** A schema that is asked elsewhere. `texts`: undefined of a stored one, whose text is known. */
export function elsewhereOnly(judge: OffLoop, schema: TypedSource, texts: SchemaTexts | undefined): ParsedSchema {
  const text = (name: keyof SchemaTexts): string => {
    if (texts === undefined) throw new TypeError("A stored schema's text is known.");
    return texts[name];
  };
  const parsed: ParsedSchema = {
    type: schema.schemaType,
    get canonical() {
      return text("canonical");
    },
    get normalized() {
      return text("normalized");
    },
    problemsReading() {
      throw new TypeError("A large schema is compared in steps.");
    },
  };
  places.set(parsed, { judge, schema, isOnlyThere: true });
  return parsed;
}
