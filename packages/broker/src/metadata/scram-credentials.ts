/** The mechanisms, by the numbers that requests have for them. */
export const scramMechanisms: readonly ScramMechanism[] = [
  { code: 1, name: "SCRAM-SHA-256", hash: "sha256", hashBytes: 32 },
  { code: 2, name: "SCRAM-SHA-512", hash: "sha512", hashBytes: 64 },
];

export interface ScramMechanism {
  readonly code: number;
  readonly name: ScramMechanismName;
  /** Node's name of it. */
  readonly hash: "sha256" | "sha512";
  readonly hashBytes: number;
}

export type ScramMechanismName = "SCRAM-SHA-256" | "SCRAM-SHA-512";

/** What is kept of a password (RFC 5802): enough to check a login, and not to make one. Base64. */
export interface ScramCredential {
  readonly salt: string;
  readonly storedKey: string;
  readonly serverKey: string;
  readonly iterations: number;
}

export type ScramRecord =
  | ({ readonly kind: "scram-credential"; readonly user: string; readonly mechanism: ScramMechanismName } & ScramCredential)
  | { readonly kind: "scram-credential-deleted"; readonly user: string; readonly mechanism: ScramMechanismName };

/** The mechanism of a number or a name; undefined where there is none. */
export function scramMechanism(which: number | string): ScramMechanism | undefined {
  return scramMechanisms.find(({ code, name }) => code === which || name === which);
}

/** The SCRAM users of the cluster: a part of the fold over the metadata journal, changed by {@link ScramCredentials.apply} alone. */
export class ScramCredentials {
  readonly #users = new Map<string, Map<ScramMechanismName, ScramCredential>>();

  /** In the order in which they were made. */
  users(): IterableIterator<string> {
    return this.#users.keys();
  }

  has(user: string): boolean {
    return this.#users.has(user);
  }

  of(user: string, mechanism: ScramMechanismName): ScramCredential | undefined {
    return this.#users.get(user)?.get(mechanism);
  }

  apply(record: ScramRecord): void {
    const { user, mechanism } = record;
    const own = this.#users.get(user) ?? new Map<ScramMechanismName, ScramCredential>();
    if (record.kind === "scram-credential") {
      const { salt, storedKey, serverKey, iterations } = record;
      own.set(mechanism, { salt, storedKey, serverKey, iterations });
    } else own.delete(mechanism);
    if (own.size === 0) this.#users.delete(user);
    else this.#users.set(user, own);
  }

  snapshot(): ScramRecord[] {
    return [...this.#users].flatMap(([user, own]) =>
      [...own].map(([mechanism, credential]) => ({ kind: "scram-credential" as const, user, mechanism, ...credential })),
    );
  }
}
