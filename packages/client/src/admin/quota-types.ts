/** Whom a quota is for: a user, a client id, both together, or an address. Null is the default of that kind, for all that have no quota of their own. */
export interface QuotaEntity {
  readonly user?: string | null | undefined;
  readonly clientId?: string | null | undefined;
  readonly ip?: string | null | undefined;
}

/** Which entities are looked for by one of their parts: one by name, the default, or all that have that part. */
export type QuotaMatch = { readonly name: string } | "default" | "any";

/** Entities that match in every part given; with `strict` they have no other part. */
export interface QuotaFilter {
  readonly user?: QuotaMatch | undefined;
  readonly clientId?: QuotaMatch | undefined;
  readonly ip?: QuotaMatch | undefined;
  readonly strict?: boolean | undefined;
}

/** Quotas by Kafka's names: `producer_byte_rate`, `consumer_byte_rate`, `request_percentage`, `controller_mutation_rate`, `connection_creation_rate`. */
export interface ClientQuotas {
  readonly entity: QuotaEntity;
  readonly quotas: ReadonlyMap<string, number>;
}

export type QuotaChange =
  | { readonly op: "set"; readonly name: string; readonly value: number }
  | { readonly op: "delete"; readonly name: string };
