import ipaddr from "ipaddr.js";
import type { ClientQuota, QuotaEntity, QuotaLimits } from "../metadata/client-quotas.ts";

/** An entity as the protocol names it. */
export interface NamedPart {
  readonly entityType: string;
  readonly entityName: string | null;
}

/** One change of one limit. */
export interface LimitChange {
  readonly key: string;
  readonly value: number;
  readonly remove: boolean;
}

export type ParsedEntity = { readonly ok: true; readonly entity: QuotaEntity } | { readonly ok: false; readonly message: string };
export type DecidedLimits = { readonly ok: true; readonly limits: QuotaLimits } | { readonly ok: false; readonly message: string };

const WHOLE: ReadonlySet<string> = new Set(["producer_byte_rate", "consumer_byte_rate", "connection_creation_rate"]);
const OF_CLIENTS: ReadonlySet<string> = new Set([
  "producer_byte_rate",
  "consumer_byte_rate",
  "request_percentage",
  "controller_mutation_rate",
]);
const OF_ADDRESSES: ReadonlySet<string> = new Set(["connection_creation_rate"]);
const FIELDS: Readonly<Record<string, keyof QuotaEntity>> = { user: "user", "client-id": "clientId", ip: "ip" };

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;
/** Entities with limits of their own. */
export const QUOTA_ENTITIES_MAX = 50_000;

/** The part of an entity by the protocol's name of it; undefined where there is none. */
export function quotaField(entityType: string): keyof QuotaEntity | undefined {
  return Object.hasOwn(FIELDS, entityType) ? FIELDS[entityType] : undefined;
}

/** An entity as the protocol names it. */
export function namedParts(entity: QuotaEntity): NamedPart[] {
  return Object.entries(FIELDS).flatMap(([entityType, field]) => {
    const entityName = entity[field];
    return entityName === undefined ? [] : [{ entityType, entityName }];
  });
}

/** Reads an entity. Source of the rules: Kafka's ClientQuotaControlManager. */
export function parseEntity(parts: readonly NamedPart[]): ParsedEntity {
  if (parts.length === 0) return refuse("Invalid empty client quota entity");
  const entity: { user?: string | null; clientId?: string | null; ip?: string | null } = {};
  for (const { entityType, entityName } of parts) {
    const field = quotaField(entityType);
    if (field === undefined) return refuse(`Unhandled client quota entity type: ${entityType}`);
    if (entity[field] !== undefined) return refuse(`Invalid client quota entity, duplicate entity entry ${entityType}`);
    if (entityName === "") return refuse(`Empty ${entityType} not supported`);
    entity[field] = entityName;
  }
  if (entity.ip !== undefined && parts.length > 1)
    return refuse("Invalid quota entity combination, IP entity should not be combined with User or ClientId");
  // Kafka looks names up and refuses those that nobody has; here one that could be a host's is taken.
  if (typeof entity.ip === "string" && !ipaddr.isValid(entity.ip) && !HOST_NAME.test(entity.ip))
    return refuse(`${entity.ip} is not a valid IP or resolvable host.`);
  return { ok: true, entity };
}

/** The limits of an entity after some changes, or why they cannot be. */
export function decideLimits(before: QuotaLimits, entity: QuotaEntity, changes: readonly LimitChange[]): DecidedLimits {
  const known = entity.ip === undefined ? OF_CLIENTS : OF_ADDRESSES;
  const limits: Record<string, number> = { ...before };
  const seen = new Set<string>();
  for (const { key, value, remove } of changes) {
    if (seen.has(key)) return refuse(`The quota ${key} is named twice.`);
    seen.add(key);
    if (remove) {
      delete limits[key];
      continue;
    }
    if (!known.has(key)) return refuse(`Invalid configuration key ${key}`);
    if (!Number.isFinite(value)) return refuse(`Quota ${key} must be a finite number`);
    if (value <= 0) return refuse(`Quota ${key} must be greater than 0`);
    if (WHOLE.has(key) && Math.abs(value % 1) > 1e-6) return refuse(`${key} cannot be a fractional value.`);
    if (key === "connection_creation_rate" && value > 0x7fffffff) return refuse(`Proposed value for ${key} is too large for an INT.`);
    limits[key] = value;
  }
  return { ok: true, limits };
}

/** What a filter asks of one kind of name: exactly this one (null: the default), or any. */
export type PartFilter = { readonly kind: "exact"; readonly name: string | null } | { readonly kind: "any" };

/** Whether an entity has what is asked for, and with `strict` nothing else. */
export function matchesEntity({ entity }: ClientQuota, filter: ReadonlyMap<keyof QuotaEntity, PartFilter>, strict: boolean): boolean {
  for (const [field, wanted] of filter) {
    const name = entity[field];
    if (name === undefined || (wanted.kind === "exact" && name !== wanted.name)) return false;
  }
  return !strict || Object.values(entity).filter((name) => name !== undefined).length === filter.size;
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
