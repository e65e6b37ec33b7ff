/** Somebody a token is about. */
export interface TokenPrincipal {
  readonly type: string;
  readonly name: string;
}

/** A login that somebody made for programs to use in their place (KIP-48). Its secret is not kept: it follows from the id. */
export interface DelegationToken {
  readonly tokenId: string;
  /** Who is seen behind a connection that logged in with it. */
  readonly owner: TokenPrincipal;
  /** Who asked for it (KIP-373). */
  readonly requester: TokenPrincipal;
  /** Who may renew and end it beside its owner. */
  readonly renewers: readonly TokenPrincipal[];
  /** In ms since the epoch, as all times here. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** It cannot be renewed beyond. */
  readonly maxTimestampMs: number;
}

export type DelegationTokenRecord =
  /** A token that is new or was renewed. */
  ({ readonly kind: "delegation-token" } & DelegationToken) | { readonly kind: "delegation-token-removed"; readonly tokenId: string };

/** The delegation tokens of the cluster: a part of the fold over the metadata journal, changed by {@link DelegationTokens.apply} alone. */
export class DelegationTokens {
  readonly #tokens = new Map<string, DelegationToken>();
  readonly #countByRequester = new Map<string, number>();

  get size(): number {
    return this.#tokens.size;
  }

  /** In the order in which they were made. */
  values(): IterableIterator<DelegationToken> {
    return this.#tokens.values();
  }

  of(tokenId: string): DelegationToken | undefined {
    return this.#tokens.get(tokenId);
  }

  /** How many tokens there are that this principal asked for. */
  countOf(requester: TokenPrincipal): number {
    return this.#countByRequester.get(keyOf(requester)) ?? 0;
  }

  apply(record: DelegationTokenRecord): void {
    const { tokenId } = record;
    const before = this.#tokens.get(tokenId);
    if (record.kind === "delegation-token") {
      const { owner, requester, renewers, issuedAtMs, expiresAtMs, maxTimestampMs } = record;
      this.#tokens.set(tokenId, { tokenId, owner, requester, renewers, issuedAtMs, expiresAtMs, maxTimestampMs });
      if (before === undefined) this.#count(requester, 1);
    } else if (before !== undefined) {
      this.#tokens.delete(tokenId);
      this.#count(before.requester, -1);
    }
  }

  snapshot(): DelegationTokenRecord[] {
    return [...this.#tokens.values()].map((token) => ({ kind: "delegation-token", ...token }));
  }

  #count(requester: TokenPrincipal, change: number): void {
    const count = this.countOf(requester) + change;
    if (count === 0) this.#countByRequester.delete(keyOf(requester));
    else this.#countByRequester.set(keyOf(requester), count);
  }
}

function keyOf({ type, name }: TokenPrincipal): string {
  return JSON.stringify([type, name]);
}
