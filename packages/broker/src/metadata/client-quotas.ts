/** Whose quota it is. A part that is there and null is the default of its kind; a part that is not there does not count. */
export interface QuotaEntity {
  readonly user?: string | null;
  readonly clientId?: string | null;
  readonly ip?: string | null;
}

/** Limits by Kafka's names: `producer_byte_rate`, `consumer_byte_rate`, `request_percentage`, `controller_mutation_rate`, `connection_creation_rate`. */
export type QuotaLimits = Readonly<Record<string, number>>;

/** The limits of one entity. */
export interface ClientQuota {
  readonly entity: QuotaEntity;
  readonly limits: QuotaLimits;
}

/** Two entities are one when they have the same parts. */
export function quotaKey({ user, clientId, ip }: QuotaEntity): string {
  return JSON.stringify([part(user), part(clientId), part(ip)]);
}

function part(name: string | null | undefined): string | number {
  return name === undefined ? 0 : name === null ? 1 : name;
}
