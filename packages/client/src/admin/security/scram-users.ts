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
import { saltPassword, type ScramMechanism } from "../../security/sasl/scram.ts";
import { type AdminContext, askAnyBroker, askController } from "../admin-context.ts";
import type { ScramChange, ScramCredential } from "./security-types.ts";

const ITERATIONS = 8192;
const SALT_BYTES = 24;
/** As the protocol numbers them (KIP-554). */
const types = { "SCRAM-SHA-256": 1, "SCRAM-SHA-512": 2 } as const satisfies Readonly<Record<ScramMechanism, number>>;

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
  const mechanism = (Object.keys(types) as ScramMechanism[]).find((name) => types[name] === type);
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
    "remove" in change ? [makeScramCredentialDeletion({ name: change.user, mechanism: types[change.mechanism] })] : [],
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
  const used = salt === undefined ? cluster.deps.random.bytes(SALT_BYTES) : Buffer.from(salt);
  const saltedPassword = await saltPassword(mechanism, password, used, iterations);
  return makeScramCredentialUpsertion({ name: user, mechanism: types[mechanism], iterations, salt: used, saltedPassword });
}
