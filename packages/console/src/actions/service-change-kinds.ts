import { connectorRules } from "./connector-rules.ts";
import { deadLetterRules } from "./dead-letter-rules.ts";
import { schemaRules } from "./schema-rules.ts";
import type { ServiceChange, ServiceChangeKind } from "./service-change.ts";
import type { ServiceRules, ServiceRulesTable } from "./service-rules.ts";

const TABLE: ServiceRulesTable<ServiceChangeKind> = { ...schemaRules, ...connectorRules, ...deadLetterRules };

/** The rules of a change's kind. What was there before a change is handed in with that change only, which the type cannot say. */
export function serviceRulesOf(change: ServiceChange): ServiceRules<ServiceChange> {
  return TABLE[change.kind] as unknown as ServiceRules<ServiceChange>;
}

/** Whether a change is one of a service, and not of the cluster. */
export function isServiceChange(change: { readonly kind: string }): change is ServiceChange {
  return Object.hasOwn(TABLE, change.kind);
}
