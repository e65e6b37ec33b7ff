import { createHmac, randomBytes } from "node:crypto";
import type { CredentialShape, ScramCredential, ScramCredentials, ScramMechanism, ScramRecord } from "../../metadata/scram-credentials.ts";
import { SCRAM_ITERATIONS_MIN, SCRAM_SALT_BYTES } from "./scram-secrets.ts";

const SECRET_BYTES = 32;
/** Shapes that are looked at for one user. */
const SHAPES_MAX = 16;
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
/** Of a cluster in which there is nobody. */
const COMMON: CredentialShape = { iterations: SCRAM_ITERATIONS_MIN, saltBytes: SCRAM_SALT_BYTES, isText: false };

/** What a cluster makes its decoys with, for good. */
export function newScramDecoys(): ScramRecord {
  return { kind: "scram-decoys", secret: randomBytes(SECRET_BYTES).toString("base64") };
}

/**
 * The credential of a user who does not exist. It looks like one of those that do: as many iterations, a salt as long and of such bytes, the same each time, after a restart and at
 * every virtual broker. No password fits it.
 */
export function decoyOf(mechanism: ScramMechanism, credentials: ScramCredentials, user: string): ScramCredential {
  const draw = (what: string): Buffer => createHmac("sha512", credentials.decoySecret).update(`${mechanism.name} ${user} ${what}`).digest();
  let shape = COMMON;
  let highest = -1;
  // Each shape draws a lot for the user, and the highest wins: the others may come and go.
  for (const each of credentials.shapes(mechanism.name, SHAPES_MAX)) {
    const lot = draw(`${each.iterations} ${each.saltBytes} ${each.isText}`).readUInt32BE(0);
    if (lot <= highest) continue;
    highest = lot;
    shape = each;
  }
  const bytes: number[] = [];
  for (let i = 0; bytes.length < shape.saltBytes; i++) bytes.push(...draw(`salt ${i}`));
  const salt = bytes.slice(0, shape.saltBytes).map((byte) => (shape.isText ? LETTERS.charCodeAt(byte % LETTERS.length) : byte));
  return {
    salt: Buffer.from(salt).toString("base64"),
    iterations: shape.iterations,
    storedKey: Buffer.alloc(mechanism.hashBytes).toString("base64"),
    serverKey: "",
  };
}
