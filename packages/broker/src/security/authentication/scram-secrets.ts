import { createHash, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { ScramCredential, ScramMechanism } from "../../metadata/scram-credentials.ts";

/** Kafka takes no fewer and no more. */
export const SCRAM_ITERATIONS_MIN = 4096;
export const SCRAM_ITERATIONS_MAX = 16384;
/** Of the salts that are made here. */
export const SCRAM_SALT_BYTES = 24;

const hashedAside = promisify(pbkdf2);

/** What is kept of a password that was salted and hashed already. */
export function credentialOf({ hash }: ScramMechanism, salt: Buffer, iterations: number, saltedPassword: Buffer): ScramCredential {
  const clientKey = createHmac(hash, saltedPassword).update("Client Key").digest();
  return {
    salt: salt.toString("base64"),
    storedKey: createHash(hash).update(clientKey).digest("base64"),
    serverKey: createHmac(hash, saltedPassword).update("Server Key").digest("base64"),
    iterations,
  };
}

/** As {@link credentialOf} of a password; the costly part is not done on the loop. */
export async function hashPassword(
  mechanism: ScramMechanism,
  password: string,
  salt: Buffer,
  iterations: number,
): Promise<ScramCredential> {
  const salted = await hashedAside(password.normalize("NFKC"), salt, iterations, mechanism.hashBytes, mechanism.hash);
  return credentialOf(mechanism, salt, iterations, salted);
}

/** Whether the proof was made with the password; all of it is compared, whatever differs. */
export function isProofRight(
  { hash, hashBytes }: ScramMechanism,
  credential: ScramCredential,
  authMessage: string,
  proof: Buffer,
): boolean {
  const storedKey = Buffer.from(credential.storedKey, "base64");
  if (proof.length !== hashBytes || storedKey.length !== hashBytes) return false;
  const clientSignature = createHmac(hash, storedKey).update(authMessage).digest();
  const clientKey = Buffer.alloc(hashBytes);
  for (let i = 0; i < hashBytes; i++) clientKey[i] = proof[i]! ^ clientSignature[i]!;
  return timingSafeEqual(createHash(hash).update(clientKey).digest(), storedKey);
}

/** What shows the client that the server knows the password, too. */
export function serverSignature({ hash }: ScramMechanism, credential: ScramCredential, authMessage: string): string {
  return createHmac(hash, Buffer.from(credential.serverKey, "base64")).update(authMessage).digest("base64");
}

/** A salt that is the same every time. `secret` is nobody else's. */
export function saltFor({ hash }: ScramMechanism, secret: Buffer, name: string): string {
  return createHmac(hash, secret).update(name).digest().subarray(0, 16).toString("base64");
}
