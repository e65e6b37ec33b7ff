import { type ClientQuota, type QuotaEntity, type QuotaLimits, quotaKey } from "../metadata/client-quotas.ts";
import { rememberedKey } from "../security/remembered-key.ts";

/** The limit that counts for a client, and who shares it. */
export interface AppliedLimit {
  readonly limit: number;
  /** Clients with the same key use up one limit together. */
  readonly sharedBy: string;
}

/** Clients whose limits are remembered; then it begins anew. */
const REMEMBERED_MAX = 10_000;
/** Longer names are looked up each time. */
const REMEMBERED_NAME_MAX = 256;

/** From the one that counts first. Source: KIP-13, KIP-55. */
const IN_ORDER: readonly ((user: string, clientId: string) => QuotaEntity)[] = [
  (user, clientId) => ({ user, clientId }),
  (user) => ({ user, clientId: null }),
  (user) => ({ user }),
  (_, clientId) => ({ user: null, clientId }),
  () => ({ user: null, clientId: null }),
  () => ({ user: null }),
  (_, clientId) => ({ clientId }),
  () => ({ clientId: null }),
];
/** The default's limit, where an address has none of its own. */
const EVERY_ADDRESS: QuotaEntity = { ip: null };

/** The entities that are named alike: by user and client id, by a default, and so on. */
interface Level {
  readonly entityOf: (user: string, clientId: string) => QuotaEntity;
  readonly limits: Map<string, QuotaLimits>;
}

/** By the name of a limit; undefined: nothing limits that client. */
type Applied = Map<string, AppliedLimit | undefined>;

/** Every entity's limits, looked up in Kafka's order: what names a client more closely goes first. What was found for a client holds until a limit changes. */
export class QuotaIndex {
  readonly #levels: ReadonlyMap<string, Level> = new Map(
    IN_ORDER.map((entityOf) => [shapeOf(entityOf("name", "name")), { entityOf, limits: new Map<string, QuotaLimits>() }]),
  );
  readonly #ofAddresses = new Map<string, QuotaLimits>();
  /** By user, then by client id. */
  #remembered = new Map<string, Map<string, Applied>>();
  #rememberedCount = 0;
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  set({ entity, limits }: ClientQuota): void {
    const entities = entity.ip === undefined ? this.#levels.get(shapeOf(entity))?.limits : this.#ofAddresses;
    if (entities === undefined) return;
    const before = entities.size;
    if (Object.keys(limits).length === 0) entities.delete(quotaKey(entity));
    else entities.set(quotaKey(entity), limits);
    this.#size += entities.size - before;
    this.#forget();
  }

  /** The limit of an address: its own, else the default of addresses. */
  limitOfAddress(name: string, ip: string): AppliedLimit | undefined {
    for (const entity of [{ ip }, EVERY_ADDRESS]) {
      const limit = this.#ofAddresses.get(quotaKey(entity))?.[name];
      if (limit !== undefined) return { limit, sharedBy: ip };
    }
    return undefined;
  }

  /** Undefined: nothing limits that client. */
  limitOf(name: string, user: string, clientId: string): AppliedLimit | undefined {
    if (user.length > REMEMBERED_NAME_MAX || clientId.length > REMEMBERED_NAME_MAX) return this.#find(name, user, clientId);
    const known = this.#remembered.get(user)?.get(clientId) ?? this.#remember(user, clientId);
    const applied = known.get(name);
    if (applied !== undefined || known.has(name)) return applied;
    const found = this.#find(name, user, clientId);
    known.set(name, found);
    return found;
  }

  #find(name: string, user: string, clientId: string): AppliedLimit | undefined {
    for (const { entityOf, limits } of this.#levels.values()) {
      if (limits.size === 0) continue;
      const entity = entityOf(user, clientId);
      const limit = limits.get(quotaKey(entity))?.[name];
      if (limit === undefined) continue;
      // A default is a limit for each of those it stands for, not for all together.
      const own = { ...(entity.user !== undefined && { user }), ...(entity.clientId !== undefined && { clientId }) };
      return { limit, sharedBy: rememberedKey(quotaKey(own)) };
    }
    return undefined;
  }

  #remember(user: string, clientId: string): Applied {
    if (this.#rememberedCount >= REMEMBERED_MAX) this.#forget();
    this.#rememberedCount++;
    let ofUser = this.#remembered.get(user);
    if (ofUser === undefined) this.#remembered.set(user, (ofUser = new Map()));
    const applied: Applied = new Map();
    ofUser.set(clientId, applied);
    return applied;
  }

  #forget(): void {
    if (this.#rememberedCount === 0) return;
    this.#remembered = new Map();
    this.#rememberedCount = 0;
  }
}

/** Whether user and client id are named, are the default, or do not count. */
function shapeOf({ user, clientId }: QuotaEntity): string {
  return [user, clientId].map((name) => (name === undefined ? "any" : name === null ? "default" : "named")).join(" ");
}
