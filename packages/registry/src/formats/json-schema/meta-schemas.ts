import type { JsonSchemaDraft } from "./json-schema.ts";

/** Looks at a text as plain JSON. Gives the place and what is wrong of the first fault. */
type MetaSchemaCheck = (schema: unknown) => { readonly path: string; readonly problem: string } | undefined;

/** A check for each draft. */
export type MetaSchemas = Readonly<Record<JsonSchemaDraft, MetaSchemaCheck>>;

const URIS: Readonly<Record<JsonSchemaDraft, string>> = {
  "draft-04": "http://json-schema.org/draft-04/schema",
  "draft-06": "http://json-schema.org/draft-06/schema",
  "draft-07": "http://json-schema.org/draft-07/schema",
  "2019-09": "https://json-schema.org/draft/2019-09/schema",
  "2020-12": "https://json-schema.org/draft/2020-12/schema",
};

/** The draft that `$schema` names; registries take what names none for draft-07. */
export function draftOf(uri: string | undefined): JsonSchemaDraft {
  const plain = uri?.replace(/#$/, "").replace(/^https?:/, "");
  const found = Object.entries(URIS).find(([, known]) => known.replace(/^https?:/, "") === plain);
  return (found?.[0] as JsonSchemaDraft | undefined) ?? "draft-07";
}

/** Whether a URI means one of the meta-schemas, or one of their vocabularies. */
export function isMetaSchemaUri(uri: string): boolean {
  return /^https?:\/\/json-schema\.org\/draft(?:-0[467]|\/2019-09|\/2020-12)\//.test(uri);
}

// Formats are not looked at: "regex" would compile what strangers write, and other registries take what Java's patterns take.
const OPTIONS = { validateFormats: false, strict: false, addUsedSchema: false, logger: false } as const;

type Check = ((data: unknown) => unknown) & { errors?: readonly { instancePath: string; message?: string }[] | null };
interface Ajv {
  readonly addMetaSchema: (schema: object) => unknown;
  readonly getSchema: (uri: string) => Check | undefined;
}

/** Loads the library and what it has of each draft, for those who have JSON Schemas; a draft's check is built when its first schema comes. */
export async function loadMetaSchemas(): Promise<MetaSchemas> {
  const [{ Ajv }, { Ajv2019 }, { Ajv2020 }, { default: draft04 }, meta04, meta06, meta07] = await Promise.all([
    import("ajv"),
    import("ajv/dist/2019.js"),
    import("ajv/dist/2020.js"),
    import("ajv-draft-04"),
    import("ajv-draft-04/dist/refs/json-schema-draft-04.json", { with: { type: "json" } }),
    import("ajv/dist/refs/json-schema-draft-06.json", { with: { type: "json" } }),
    import("ajv/dist/refs/json-schema-draft-07.json", { with: { type: "json" } }),
  ]);
  const AjvDraft04 = draft04.default;
  const build: Readonly<Record<JsonSchemaDraft, () => Ajv>> = {
    "draft-04": () => withMeta(new AjvDraft04({ ...OPTIONS, meta: false }), meta04.default),
    "draft-06": () => withMeta(new Ajv({ ...OPTIONS, meta: false }), meta06.default),
    "draft-07": () => withMeta(new Ajv({ ...OPTIONS, meta: false }), meta07.default),
    "2019-09": () => new Ajv2019(OPTIONS),
    "2020-12": () => new Ajv2020(OPTIONS),
  };
  const check = (draft: JsonSchemaDraft): MetaSchemaCheck => {
    let known: Check | undefined;
    return (schema) => {
      known ??= build[draft]().getSchema(URIS[draft]);
      if (known === undefined) throw new Error(`The library has no meta-schema for ${draft}.`);
      if (known(schema) === true) return undefined;
      const first = known.errors?.[0];
      return { path: first?.instancePath ?? "", problem: first?.message ?? "it does not follow the meta-schema" };
    };
  };
  return {
    "draft-04": check("draft-04"),
    "draft-06": check("draft-06"),
    "draft-07": check("draft-07"),
    "2019-09": check("2019-09"),
    "2020-12": check("2020-12"),
  };
}

/** The library compares each value of an enum with each other, which takes seconds for thousands: whether one comes twice is asked elsewhere. */
function withMeta(ajv: object, metaSchema: object): Ajv {
  const copy = structuredClone(metaSchema) as { properties: { enum: { uniqueItems?: boolean } } };
  delete copy.properties.enum.uniqueItems;
  (ajv as Ajv).addMetaSchema(copy);
  return ajv as Ajv;
}
