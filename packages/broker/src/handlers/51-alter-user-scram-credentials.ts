// AlterUserScramCredentials v0. KIP-554.
import { ErrorCode, errorInfo } from "@ottla/protocol";
import {
  type AlterUserScramCredentialsRequest,
  type AlterUserScramCredentialsResponse,
  alterUserScramCredentialsApi,
  makeAlterUserScramCredentialsResponse,
  makeAlterUserScramCredentialsResult,
} from "@ottla/protocol/apis/alter-user-scram-credentials";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import { decideScramChanges, type ScramAlteration } from "../security/authentication/scram-admin.ts";

export const alterUserScramCredentialsHandler: Handler<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse> = {
  api: alterUserScramCredentialsApi,
  minVersion: 0,
  maxVersion: 0,
  authorisation: ofCluster("ALTER", (errorCode, request) => allFailed(request, errorCode, errorInfo(errorCode).message)),
  maxRequestElements: 2000,

  async handle({ broker }, request) {
    let results: readonly ScramAlteration[] = [];
    const storageError = await commitChange(broker, () => {
      const decision = decideScramChanges(broker.metadata.scram, request.deletions, request.upsertions);
      results = decision.results;
      return decision.records;
    });
    if (storageError !== ErrorCode.NONE) return allFailed(request, storageError, STORAGE_MESSAGE);
    return makeAlterUserScramCredentialsResponse({ results: results.map((result) => makeAlterUserScramCredentialsResult(result)) });
  },
};

function allFailed(
  { deletions, upsertions }: AlterUserScramCredentialsRequest,
  errorCode: number,
  errorMessage: string,
): AlterUserScramCredentialsResponse {
  const users = new Set([...deletions, ...upsertions].map(({ name }) => name));
  return makeAlterUserScramCredentialsResponse({
    results: [...users].map((user) => makeAlterUserScramCredentialsResult({ user, errorCode, errorMessage })),
  });
}
