import { type ClientQuota, type QuotaEntity, quotaKey } from "../metadata/client-quotas.ts";
import { rememberedKey } from "../security/remembered-key.ts";

/** The limit that counts for a client, and who shares it. */
export interface AppliedLimit {
  readonly limit: number;
  /** Clients with the same key use up one limit together. */
  readonly sharedBy: string;
}

/** Every entity's limits, looked up in Kafka's order: what names a client more closely goes first. Source: KIP-13, KIP-55. */
export class QuotaIndex {
  readonly #limits = new Map<string, ClientQuota["limits"]>();

  get isEmpty(): boolean {
    return this.#limits.size === 0;
  }

  set({ entity, limits }: ClientQuota): void {
    if (Object.keys(limits).length === 0) this.#limits.delete(quotaKey(entity));
    else this.#limits.set(quotaKey(entity), limits);
  }

  /** The limit of an address: its own, else the default of addresses. */
  limitOfAddress(name: string, ip: string): AppliedLimit | undefined {
    for (const entity of [{ ip }, { ip: null }]) {
      const limit = this.#limits.get(quotaKey(entity))?.[name];
      if (limit !== undefined) return { limit, sharedBy: ip };
    }
    return undefined;
  }

  /** Undefined: nothing limits that client. */
  limitOf(name: string, user: string, clientId: string): AppliedLimit | undefined {
    for (const entity of inOrder(user, clientId)) {
      const limit = this.#limits.get(quotaKey(entity))?.[name];
      if (limit === undefined) continue;
      // A default is a limit for each of those it stands for, not for all together.
      const own = { ...(entity.user !== undefined && { user }), ...(entity.clientId !== undefined && { clientId }) };
      return { limit, sharedBy: rememberedKey(quotaKey(own)) };
    }
    return undefined;
  }
}

function inOrder(user: string, clientId: string): QuotaEntity[] {
  return [
    { user, clientId },
    { user, clientId: null },
    { user },
    { user: null, clientId },
    { user: null, clientId: null },
    { user: null },
    { clientId },
    { clientId: null },
  ];
}
