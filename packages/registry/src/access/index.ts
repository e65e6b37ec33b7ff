export { type AccessList, readAccessList, type RegistryUser } from "./access-list.ts";
export { Access, type AccessRule, type RegistryAction, registryActions } from "./access-rules.ts";
export { type LoginOutcome, Logins } from "./logins.ts";
