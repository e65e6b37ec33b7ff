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
  | { readonly kind: "scram-credential-deleted"; readonly user: string; readonly mechanism: ScramMechanismName }
  /** What the salts of users who do not exist are made with, base64: they must be the same after a restart as the others are. */
  | { readonly kind: "scram-decoys"; readonly secret: string };

/** The mechanism of a number or a name; undefined where there is none. */
export function scramMechanism(which: number | string): ScramMechanism | undefined {
  return scramMechanisms.find(({ code, name }) => code === which || name === which);
}

/** What a client sees of a credential before it has shown anything. */
export interface CredentialShape {
  readonly iterations: number;
  readonly saltBytes: number;
  /** The salt is letters and digits, as Java makes them. */
  readonly isText: boolean;
}

interface CountedShape {
  readonly shape: CredentialShape;
  count: number;
}

/** The SCRAM users of the cluster: a part of the fold over the metadata journal, changed by {@link ScramCredentials.apply} alone. */
export class ScramCredentials {
  readonly #users = new Map<string, Map<ScramMechanismName, ScramCredential>>();
  readonly #shapes = new Map<string, CountedShape>();
  #decoySecret = "";

  /** See the record `scram-decoys`; empty before there is one. */
  get decoySecret(): string {
    return this.#decoySecret;
  }

  /** What the credentials of a mechanism look like, each shape once; at most so many. */
  shapes(mechanism: ScramMechanismName, max: number): CredentialShape[] {
    const shapes: CredentialShape[] = [];
    for (const [key, { shape }] of this.#shapes) {
      if (shapes.length === max) break;
      if (key.startsWith(mechanism)) shapes.push(shape);
    }
    return shapes;
  }

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
    if (record.kind === "scram-decoys") {
      this.#decoySecret = record.secret;
      return;
    }
    const { user, mechanism } = record;
    const own = this.#users.get(user) ?? new Map<ScramMechanismName, ScramCredential>();
    this.#countShape(mechanism, own.get(mechanism), -1);
    if (record.kind === "scram-credential") {
      const { salt, storedKey, serverKey, iterations } = record;
      own.set(mechanism, { salt, storedKey, serverKey, iterations });
    } else own.delete(mechanism);
    this.#countShape(mechanism, own.get(mechanism), 1);
    if (own.size === 0) this.#users.delete(user);
    else this.#users.set(user, own);
  }

  snapshot(): ScramRecord[] {
    const records = [...this.#users].flatMap(([user, own]) =>
      [...own].map(([mechanism, credential]) => ({ kind: "scram-credential" as const, user, mechanism, ...credential })),
    );
    return this.#decoySecret === "" ? records : [...records, { kind: "scram-decoys", secret: this.#decoySecret }];
  }

  #countShape(mechanism: ScramMechanismName, credential: ScramCredential | undefined, by: 1 | -1): void {
    if (credential === undefined) return;
    const shape = shapeOf(credential);
    const key = `${mechanism} ${shape.iterations} ${shape.saltBytes} ${shape.isText}`;
    const counted = this.#shapes.get(key) ?? { shape, count: 0 };
    counted.count += by;
    if (counted.count === 0) this.#shapes.delete(key);
    else this.#shapes.set(key, counted);
  }
}

function shapeOf({ salt, iterations }: ScramCredential): CredentialShape {
  const bytes = Buffer.from(salt, "base64");
  return { iterations, saltBytes: bytes.length, isText: /^[0-9a-z]+$/.test(bytes.toString("latin1")) };
}
