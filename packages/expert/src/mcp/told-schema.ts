import type { z } from "zod";

type Standard<Schema extends z.ZodObject> = Schema["~standard"];
/** What a server needs of a schema: to check values, and to tell it as JSON Schema. */
export interface ToldSchema<Schema extends z.ZodObject> {
  readonly "~standard": Standard<Schema>;
}

const told = new WeakMap<z.ZodObject, ToldSchema<z.ZodObject>>();

/** The schema, written as JSON Schema once: over HTTP every request makes a server, and each would write the schemas of all tools anew. */
export function toldSchema<Schema extends z.ZodObject>(schema: Schema): ToldSchema<Schema> {
  const known = told.get(schema);
  if (known) return known as ToldSchema<Schema>;
  const standard = schema["~standard"];
  const { input, output } = standard.jsonSchema;
  const made: ToldSchema<Schema> = {
    "~standard": { ...standard, jsonSchema: { input: remembered(input), output: remembered(output) } },
  };
  told.set(schema, made);
  return made;
}

/** By the target that is asked for; there are few. */
function remembered<Params extends { readonly target: string }, Json>(write: (params: Params) => Json): (params: Params) => Json {
  const byTarget = new Map<string, Json>();
  return (params) => {
    const known = byTarget.get(params.target) ?? write(params);
    byTarget.set(params.target, known);
    return known;
  };
}
