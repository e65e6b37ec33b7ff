export { SchemaJudge } from "../off-loop/schema-judge.ts";
export { serveRegistry, type RegistryServer } from "../api/serve-registry.ts";
export { Logins } from "../access/logins.ts";
export type { SchemaFormats } from "../subjects/schema-reader.ts";
export { Registry } from "./registry.ts";
export { RenewedRegistry } from "./renewed-registry.ts";
export { SchemasTopic } from "./schemas-topic.ts";
