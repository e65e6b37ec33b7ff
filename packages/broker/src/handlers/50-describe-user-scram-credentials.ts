// DescribeUserScramCredentials v0. KIP-554.
import { ErrorCode, errorInfo, madeWhenWritten } from "@ottla/protocol";
import {
  type DescribeUserScramCredentialsRequest,
  type DescribeUserScramCredentialsResponse,
  type DescribeUserScramCredentialsResult,
  describeUserScramCredentialsApi,
  makeCredentialInfo,
  makeDescribeUserScramCredentialsResponse,
  makeDescribeUserScramCredentialsResult,
} from "@ottla/protocol/apis/describe-user-scram-credentials";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { type ScramCredentials, scramMechanisms } from "../metadata/scram-credentials.ts";

export const describeUserScramCredentialsHandler: Handler<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse> = {
  api: describeUserScramCredentialsApi,
  minVersion: 0,
  maxVersion: 0,
  authorisation: ofCluster("DESCRIBE", (errorCode) =>
    makeDescribeUserScramCredentialsResponse({ errorCode, errorMessage: errorInfo(errorCode).message }),
  ),

  handle({ broker: { metadata } }, { users }) {
    const { scram } = metadata;
    const isAll = users === null || users.length === 0;
    const names = isAll ? [...scram.users()] : users.map(({ name }) => name);
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return makeDescribeUserScramCredentialsResponse({
      // Of users who go meanwhile it is said that there are none.
      results: madeWhenWritten([...counts], ([user, count]) => (count === 1 ? describeUser(scram, user) : twice(user))),
    });
  },
};

function describeUser(scram: ScramCredentials, user: string): DescribeUserScramCredentialsResult {
  if (!scram.has(user))
    return makeDescribeUserScramCredentialsResult({
      user,
      errorCode: ErrorCode.RESOURCE_NOT_FOUND,
      errorMessage: `Attempt to describe a user credential that does not exist: ${user}`,
    });
  const credentialInfos = scramMechanisms.flatMap(({ code, name }) => {
    const credential = scram.of(user, name);
    return credential === undefined ? [] : [makeCredentialInfo({ mechanism: code, iterations: credential.iterations })];
  });
  return makeDescribeUserScramCredentialsResult({ user, credentialInfos });
}

function twice(user: string): DescribeUserScramCredentialsResult {
  return makeDescribeUserScramCredentialsResult({
    user,
    errorCode: ErrorCode.DUPLICATE_RESOURCE,
    errorMessage: `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`,
  });
}
