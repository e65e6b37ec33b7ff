import { draftOf, type JsonSchemaDraft } from "@ottla/registry/formats/json-schema";
import type { Ajv as AjvType, ErrorObject, Options } from "ajv";
import type { LoadedSchema } from "../serde/format-engine.ts";
import { ValueProblem } from "../serde/format-engine.ts";
import { SerdeError } from "../serdes-error.ts";
import { compareItemsOnce } from "./unique-items.ts";
import { linearPattern, nativePattern } from "./safe-patterns.ts";

/** Says what of a value is not as its schema wants it; undefined when all is. */
export type JsonCheck = (value: unknown) => ValueProblem | undefined;

export interface JsonSchemaChoices {
  readonly patterns: "linear" | "native";
  readonly formats: boolean;
}

/** What compiles schemas of all drafts. Loaded when the first schema comes. */
export type CompileJsonSchema = (schema: LoadedSchema) => JsonCheck;

export async function loadJsonSchemaCompiler({ patterns, formats }: JsonSchemaChoices): Promise<CompileJsonSchema> {
  const [{ Ajv }, { Ajv2019 }, { Ajv2020 }, { default: draft04 }, { default: addFormats }, meta06] = await Promise.all([
    import("ajv"),
    import("ajv/dist/2019.js"),
    import("ajv/dist/2020.js"),
    import("ajv-draft-04"),
    import("ajv-formats"),
    import("ajv/dist/refs/json-schema-draft-06.json", { with: { type: "json" } }),
  ]);
  // Without code of its own a pattern is asked of this object.
  const regExp = Object.assign((pattern: string) => (patterns === "linear" ? linearPattern(pattern) : nativePattern(pattern)), {
    code: "",
  });
  // A schema was checked when it was registered. Its numbers of digits, unknown words and formats are nobody's business here.
  const options: Options = {
    strict: false,
    validateSchema: false,
    validateFormats: formats,
    logger: false,
    code: { regExp },
  };
  const make: Readonly<Record<JsonSchemaDraft, () => AjvType>> = {
    "draft-04": () => new draft04.default(options),
    "draft-06": () => {
      const ajv = new Ajv(options);
      ajv.addMetaSchema(meta06.default);
      return ajv;
    },
    "draft-07": () => new Ajv(options),
    "2019-09": () => new Ajv2019(options),
    "2020-12": () => new Ajv2020(options),
  };
  return (schema) => {
    const { schema: text } = schema.definition;
    const json = parsed(text, schema);
    const named = typeof json === "object" && "$schema" in json ? json.$schema : undefined;
    // One for each schema, so that what is let go is gone as a whole.
    const ajv = make[draftOf(typeof named === "string" ? named : undefined)]();
    compareItemsOnce(ajv);
    if (formats) addFormats.default(ajv);
    try {
      const base = typeof json === "object" && "$id" in json ? json.$id : undefined;
      for (const { name, schema: referenced } of schema.resolved) addReference(ajv, parsed(referenced, schema), { name, base });
      const check = ajv.compile(json);
      return (value) => (check(value) === true ? undefined : problemOf(check.errors?.[0]));
    } catch (cause) {
      if (cause instanceof SerdeError) throw cause;
      throw badSchema(schema, cause);
    }
  };
}

/** A reference is found by its name, and by what its name means beside the schema's own `$id`. */
function addReference(ajv: AjvType, schema: object | boolean, { name, base }: { readonly name: string; readonly base: unknown }): void {
  if (typeof schema === "boolean") return;
  ajv.addSchema(schema, name);
  if (typeof base !== "string" || !URL.canParse(name, base) || "$id" in schema) return;
  const whole = new URL(name, base).href;
  if (whole !== name) ajv.addSchema(schema, whole);
}

function parsed(text: string, schema: LoadedSchema): object | boolean {
  try {
    return JSON.parse(text) as object | boolean;
  } catch (cause) {
    throw badSchema(schema, cause);
  }
}

function badSchema({ registered }: LoadedSchema, cause: unknown): SerdeError {
  const which = registered === undefined ? "The schema" : `The schema ${registered.id}`;
  return new SerdeError("SERDE_BAD_SCHEMA", `${which} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}

function problemOf(error: ErrorObject | undefined): ValueProblem {
  if (error === undefined) return new ValueProblem("", "it is no value of the schema");
  const { additionalProperty, allowedValues, unevaluatedProperty } = error.params as Readonly<Record<string, unknown>>;
  const property = additionalProperty ?? unevaluatedProperty;
  const more =
    property !== undefined
      ? ` (${JSON.stringify(property)})`
      : Array.isArray(allowedValues)
        ? ` (${allowedValues.slice(0, 10).join(", ")})`
        : "";
  return new ValueProblem(error.instancePath, `it ${error.message ?? "is no value of the schema"}${more}`);
}
