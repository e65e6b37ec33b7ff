export { changeAdvice, schemaAdvice } from "./advise-on-schemas.ts";
export { type SchemaAdvice, type SchemaAdviceRule, schemaAdviceRules } from "./schema-advice.ts";
