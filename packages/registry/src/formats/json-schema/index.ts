export type { JsonSchemaDraft } from "./json-schema.ts";
export { draftOf } from "./meta-schemas.ts";
