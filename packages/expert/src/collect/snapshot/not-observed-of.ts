import { OttlaError } from "@ottla/base";
import { type NotObserved, type NotObservedReason, notObserved } from "../../snapshot/observed.ts";

const REASONS: Readonly<Record<string, NotObservedReason>> = {
  UNSUPPORTED_VERSION: "unsupported",
  NO_COMMON_VERSION: "unsupported",
  UNSUPPORTED: "unsupported",
  REQUEST_TIMED_OUT: "timedOut",
  CALL_TIMEOUT: "timedOut",
  REQUEST_TIMEOUT: "timedOut",
  METADATA_TIMEOUT: "timedOut",
  CONNECTION_LOST: "unreachable",
  NO_BROKER_REACHABLE: "unreachable",
  BROKER_NOT_AVAILABLE: "unreachable",
  AUTHENTICATION_FAILED: "unreachable",
  TLS_FAILED: "unreachable",
  LEADER_NOT_AVAILABLE: "unreachable",
  COORDINATOR_NOT_AVAILABLE: "unreachable",
  CONNECT_UNREACHABLE: "unreachable",
  METRICS_UNREACHABLE: "unreachable",
  REGISTRY_TOO_LARGE: "notAsked",
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: "refused",
};

/** Why a call showed nothing, from its error. What a call that ran out of time was waiting for last says more than the time. */
export function notObservedOf(error: unknown): NotObserved {
  const errors: OttlaError[] = [];
  for (let each = error; each instanceof OttlaError; each = each.cause) errors.push(each);
  const last = errors.at(-1);
  if (last === undefined) return notObserved("failed", error instanceof Error ? error.message : String(error));
  const reason = reasonOf(last.code) ?? reasonOf(errors[0]!.code) ?? "failed";
  return notObserved(reason, last.message);
}

function reasonOf(code: string): NotObservedReason | undefined {
  return code.endsWith("AUTHORIZATION_FAILED") ? "refused" : REASONS[code];
}
