import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import {
  alterUserScramCredentialsApi,
  makeAlterUserScramCredentialsRequest,
  makeScramCredentialDeletion,
  makeScramCredentialUpsertion,
  type ScramCredentialUpsertion,
} from "@ottla/protocol/apis/alter-user-scram-credentials";
import {
  describeUserScramCredentialsApi,
  makeDescribeUserScramCredentialsRequest,
  makeUserName,
} from "@ottla/protocol/apis/describe-user-scram-credentials";
import { type Named, outcomeOf, throwIfRefused } from "../../outcome.ts";
import type { CallOptions } from "../../options/call-options.ts";
import type { ScramMechanism } from "../../security/sasl/scram.ts";
import { type AdminContext, askAnyBroker, askController } from "../admin-context.ts";
import type { ScramChange, ScramCredential } from "./security-types.ts";

const ITERATIONS = 8192;
const SALT_BYTES = 24;
const hashes = {
  "SCRAM-SHA-256": { type: 1, hash: "sha256", byteLength: 32 },
  "SCRAM-SHA-512": { type: 2, hash: "sha512", byteLength: 64 },
} as const satisfies Readonly<Record<ScramMechanism, object>>;
const deriveKey = promisify(pbkdf2);

export function describeUserScramCredentials(
  context: AdminContext,
  users: readonly string[] | undefined,
  options: CallOptions = {},
): Promise<readonly Named<readonly ScramCredential[]>[]> {
  const request = makeDescribeUserScramCredentialsRequest({ users: users?.map((name) => makeUserName({ name })) ?? null });
  return askAnyBroker(
    context,
    describeUserScramCredentialsApi,
    () => request,
    (response) => {
      throwIfRefused(response.errorCode, response.errorMessage);
      return response.results.map(({ user, errorCode, errorMessage, credentialInfos }) => ({
        name: user,
        ...outcomeOf(errorCode, errorMessage, () =>
          credentialInfos.flatMap(({ mechanism, iterations }) => credentialOf(mechanism, iterations)),
        ),
      }));
    },
    options,
  );
}

/** A mechanism newer than this client is left out: nothing could be said of it. */
function credentialOf(type: number, iterations: number): readonly ScramCredential[] {
  const mechanism = (Object.keys(hashes) as ScramMechanism[]).find((name) => hashes[name].type === type);
  return mechanism === undefined ? [] : [{ mechanism, iterations }];
}

export async function alterUserScramCredentials(
  context: AdminContext,
  changes: readonly ScramChange[],
  options: CallOptions = {},
): Promise<readonly Named<void>[]> {
  const outcomes = new Map<string, Named<void>>();
  for (const round of roundsOf(changes)) {
    const asked = round.filter(({ user }) => outcomes.get(user)?.error === undefined);
    for (const outcome of await alterOnce(context, asked, options)) outcomes.set(outcome.name, outcome);
  }
  return [...outcomes.values()];
}

/** Kafka takes one change of a user in a request. What was refused for a user ends that user's changes. */
function roundsOf(changes: readonly ScramChange[]): readonly (readonly ScramChange[])[] {
  const rounds: ScramChange[][] = [];
  const taken = new Map<string, number>();
  for (const change of changes) {
    const round = taken.get(change.user) ?? 0;
    taken.set(change.user, round + 1);
    (rounds[round] ??= []).push(change);
  }
  return rounds;
}

async function alterOnce(context: AdminContext, changes: readonly ScramChange[], options: CallOptions): Promise<readonly Named<void>[]> {
  if (changes.length === 0) return [];
  const upsertions: ScramCredentialUpsertion[] = [];
  // One after the other: a long list must not take all of Node's threads.
  for (const change of changes) if (!("remove" in change)) upsertions.push(await upsertionOf(context, change));
  const deletions = changes.flatMap((change) =>
    "remove" in change ? [makeScramCredentialDeletion({ name: change.user, mechanism: hashes[change.mechanism].type })] : [],
  );
  const request = makeAlterUserScramCredentialsRequest({ deletions, upsertions });
  return askController(
    context,
    alterUserScramCredentialsApi,
    () => request,
    ({ results }) => {
      const answers = new Map(results.map((result) => [result.user, result]));
      return changes.map(({ user }) => {
        const { errorCode = -1, errorMessage = "The broker did not answer for this user." } = answers.get(user) ?? {};
        return { name: user, ...outcomeOf(errorCode, errorMessage, () => undefined) };
      });
    },
    options,
  );
}

async function upsertionOf(
  { cluster }: AdminContext,
  { user, mechanism, password, iterations = ITERATIONS, salt }: Exclude<ScramChange, { readonly remove: true }>,
): Promise<ScramCredentialUpsertion> {
  const { type, hash, byteLength } = hashes[mechanism];
  const used = salt === undefined ? cluster.deps.random.bytes(SALT_BYTES) : Buffer.from(salt);
  const saltedPassword = await deriveKey(password, used, iterations, byteLength, hash);
  return makeScramCredentialUpsertion({ name: user, mechanism: type, iterations, salt: used, saltedPassword });
}
