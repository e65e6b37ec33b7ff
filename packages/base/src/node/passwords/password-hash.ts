import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** About 50 ms, off the loop, and 16 MiB. */
const COST = { N: 16_384, r: 8, p: 1 };
const KEY_BYTES = 32;
const MOST = { N: 131_072, r: 16, p: 4 };

/** A password as it is kept: `scrypt$N$r$p$salt$key`, the last two in base64. */
export interface PasswordHash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** A password's hash, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, { ...COST, salt, key: Buffer.alloc(KEY_BYTES) });
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64"), key.toString("base64")].join("$");
}

/** Undefined for what is no hash, or would cost too much to compare with. */
export function readPasswordHash(text: string): PasswordHash | undefined {
  const [kind, ...parts] = text.split("$");
  const [N, r, p] = parts.slice(0, 3).map(Number);
  const [salt, key] = parts.slice(3).map((part) => Buffer.from(part, "base64"));
  if (kind !== "scrypt" || parts.length !== 5 || N === undefined || r === undefined || p === undefined) return undefined;
  if (salt === undefined || key === undefined || salt.length < 8 || key.length < 16 || key.length > 64) return undefined;
  const isCost = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most;
  if (!isCost(N, MOST.N) || N < 2 || (N & (N - 1)) !== 0 || !isCost(r, MOST.r) || !isCost(p, MOST.p)) return undefined;
  return { N, r, p, salt, key };
}

/** Compared with when nobody has the name: who asks learns nothing from the time that it takes. */
export const NOBODYS_HASH: PasswordHash = { ...COST, salt: randomBytes(16), key: randomBytes(KEY_BYTES) };

/** Whether a password is the one of the hash. */
export async function isPassword(password: string, hash: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, hash), hash.key);
}

function derive(password: string, { N, r, p, salt, key }: PasswordHash): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // OpenSSL wants half of it, for the smallest costs too.
    scrypt(password, salt, key.length, { N, r, p, maxmem: 256 * r * (N + p + 2) }, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}
