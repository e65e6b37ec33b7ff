import { ErrorCode } from "@ottla/protocol";
import { type ScramCredentials, type ScramRecord, scramMechanism } from "../../metadata/scram-credentials.ts";
import { credentialOf, SCRAM_ITERATIONS_MAX, SCRAM_ITERATIONS_MIN } from "./scram-secrets.ts";

/** A credential to be gone. */
export interface ScramDeletion {
  readonly name: string;
  readonly mechanism: number;
}

/** A credential to be made or changed. The client has salted and hashed the password. */
export interface ScramUpsertion extends ScramDeletion {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly saltedPassword: Buffer;
}

/** What becomes of one user. */
export interface ScramAlteration {
  readonly user: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** What becomes of a request: those users that are refused do not hold back the others. */
export interface ScramDecision {
  readonly records: readonly ScramRecord[];
  readonly results: readonly ScramAlteration[];
}

/** Journal records stay small; Kafka has no bound but that of the request. */
const USER_BYTES_MAX = 1024;
const SALT_BYTES_MAX = 1024;

/** Each user once, whatever the mechanism, as Kafka has it (KIP-554). Errors per user: DUPLICATE_RESOURCE, UNACCEPTABLE_CREDENTIAL, UNSUPPORTED_SASL_MECHANISM, RESOURCE_NOT_FOUND. */
export function decideScramChanges(
  credentials: ScramCredentials,
  deletions: readonly ScramDeletion[],
  upsertions: readonly ScramUpsertion[],
): ScramDecision {
  const counts = new Map<string, number>();
  for (const { name } of [...deletions, ...upsertions]) counts.set(name, (counts.get(name) ?? 0) + 1);
  const records: ScramRecord[] = [];
  const results: ScramAlteration[] = [];
  for (const [user, count] of counts) {
    if (count > 1)
      results.push(refused(user, ErrorCode.DUPLICATE_RESOURCE, "A user credential cannot be altered twice in the same request"));
  }
  for (const deletion of deletions) {
    if (counts.get(deletion.name) === 1) decide(deletion.name, deleteOne(credentials, deletion), records, results);
  }
  for (const upsertion of upsertions) {
    if (counts.get(upsertion.name) === 1) decide(upsertion.name, upsertOne(upsertion), records, results);
  }
  return { records, results };
}

type Outcome = ScramRecord | Omit<ScramAlteration, "user">;

function decide(user: string, outcome: Outcome, records: ScramRecord[], results: ScramAlteration[]): void {
  if ("kind" in outcome) {
    records.push(outcome);
    results.push({ user, errorCode: ErrorCode.NONE, errorMessage: null });
  } else results.push({ user, ...outcome });
}

function deleteOne(credentials: ScramCredentials, { name, mechanism: code }: ScramDeletion): Outcome {
  if (name === "") return fault(ErrorCode.UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
  const mechanism = scramMechanism(code);
  if (mechanism === undefined) return fault(ErrorCode.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
  if (credentials.of(name, mechanism.name) === undefined)
    return fault(ErrorCode.RESOURCE_NOT_FOUND, "Attempt to delete a user credential that does not exist");
  return { kind: "scram-credential-deleted", user: name, mechanism: mechanism.name };
}

function upsertOne({ name, mechanism: code, iterations, salt, saltedPassword }: ScramUpsertion): Outcome {
  if (name === "") return fault(ErrorCode.UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
  const mechanism = scramMechanism(code);
  if (mechanism === undefined) return fault(ErrorCode.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
  if (iterations < SCRAM_ITERATIONS_MIN) return fault(ErrorCode.UNACCEPTABLE_CREDENTIAL, "Too few iterations");
  if (iterations > SCRAM_ITERATIONS_MAX) return fault(ErrorCode.UNACCEPTABLE_CREDENTIAL, "Too many iterations");
  if (Buffer.byteLength(name) > USER_BYTES_MAX)
    return fault(ErrorCode.UNACCEPTABLE_CREDENTIAL, `A user name has at most ${USER_BYTES_MAX} bytes`);
  if (salt.length === 0 || salt.length > SALT_BYTES_MAX)
    return fault(ErrorCode.UNACCEPTABLE_CREDENTIAL, `The salt must have 1 to ${SALT_BYTES_MAX} bytes`);
  // Kafka keeps what no login can ever match.
  if (saltedPassword.length !== mechanism.hashBytes)
    return fault(ErrorCode.UNACCEPTABLE_CREDENTIAL, `The salted password must have ${mechanism.hashBytes} bytes for ${mechanism.name}`);
  return { kind: "scram-credential", user: name, mechanism: mechanism.name, ...credentialOf(mechanism, salt, iterations, saltedPassword) };
}

function refused(user: string, errorCode: number, errorMessage: string): ScramAlteration {
  return { user, errorCode, errorMessage };
}

function fault(errorCode: number, errorMessage: string): Omit<ScramAlteration, "user"> {
  return { errorCode, errorMessage };
}
