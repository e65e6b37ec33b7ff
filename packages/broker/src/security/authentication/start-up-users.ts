import { randomBytes } from "node:crypto";
import { invariant } from "@ottla/base";
import { type ScramCredentials, type ScramMechanismName, type ScramRecord, scramMechanism } from "../../metadata/scram-credentials.ts";
import { hashPassword, SCRAM_ITERATIONS_MIN, SCRAM_SALT_BYTES } from "./scram-secrets.ts";

/** A user who has this password from the start on. */
export interface StartUpUser {
  readonly name: string;
  readonly password: string;
  readonly mechanism: ScramMechanismName;
  readonly iterations?: number;
}

/** What is to be written so that these users have these passwords: nothing for those who have them. */
export async function startUpCredentials(credentials: ScramCredentials, users: readonly StartUpUser[]): Promise<ScramRecord[]> {
  const records: ScramRecord[] = [];
  for (const { name, password, mechanism: mechanismName, iterations = SCRAM_ITERATIONS_MIN } of users) {
    const mechanism = scramMechanism(mechanismName);
    invariant(mechanism, `There is no mechanism ${mechanismName}.`);
    const known = credentials.of(name, mechanism.name);
    if (known !== undefined) {
      const again = await hashPassword(mechanism, password, Buffer.from(known.salt, "base64"), known.iterations);
      if (again.storedKey === known.storedKey) continue;
    }
    const credential = await hashPassword(mechanism, password, randomBytes(SCRAM_SALT_BYTES), iterations);
    records.push({ kind: "scram-credential", user: name, mechanism: mechanism.name, ...credential });
  }
  return records;
}
