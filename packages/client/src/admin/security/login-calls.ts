import { ClientError } from "../../client-error.ts";
import {
  checkCallOptions,
  checkChoice,
  checkInteger,
  checkList,
  checkName,
  checkObject,
  checkOptional,
  invalid,
} from "../../options/argument-checks.ts";
import type { AdminContext } from "../admin-context.ts";
import { createDelegationToken, describeDelegationToken, expireDelegationToken, renewDelegationToken } from "./delegation-tokens.ts";
import { alterUserScramCredentials, describeUserScramCredentials } from "./scram-users.ts";
import type { LoginAdmin } from "./security-types.ts";

const MECHANISMS = ["SCRAM-SHA-256", "SCRAM-SHA-512"];
const ITERATIONS_MAX = 10_000_000;

export function loginCalls(context: AdminContext): LoginAdmin {
  return {
    describeUserScramCredentials: (users, options) => describeUserScramCredentials(context, users, options),
    alterUserScramCredentials: (changes, options) => alterUserScramCredentials(context, changes, options),
    createDelegationToken: (options) => createDelegationToken(context, options),
    describeDelegationToken: (options) => describeDelegationToken(context, options),
    renewDelegationToken: (hmac, options) => renewDelegationToken(context, hmac, options),
    expireDelegationToken: (hmac, options) => expireDelegationToken(context, hmac, options),
  };
}

/** What the arguments must be so that they can be sent; no message holds a password or a secret. */
export const loginChecks: { readonly [Call in keyof LoginAdmin]: (...args: readonly unknown[]) => void } = {
  describeUserScramCredentials(users, options) {
    checkOptional("describeUserScramCredentials: users", users, (subject, list) => checkList(subject, list, checkName));
    checkCallOptions("describeUserScramCredentials", options);
  },
  alterUserScramCredentials(changes, options) {
    checkList("alterUserScramCredentials: changes", changes, checkChange);
    checkCallOptions("alterUserScramCredentials", options);
  },
  createDelegationToken: (options) =>
    checkCallOptions("createDelegationToken", options, { owner: checkPrincipal, renewers: checkPrincipals, maxLifetimeMs: checkPeriod }),
  describeDelegationToken: (options) => checkCallOptions("describeDelegationToken", options, { owners: checkPrincipals }),
  renewDelegationToken(hmac, options) {
    checkHmac("renewDelegationToken: hmac", hmac);
    checkCallOptions("renewDelegationToken", options, { renewPeriodMs: checkPeriod });
  },
  expireDelegationToken(hmac, options) {
    checkHmac("expireDelegationToken: hmac", hmac);
    checkCallOptions("expireDelegationToken", options, { expiryPeriodMs: checkPeriod });
  },
};

function checkChange(subject: string, change: unknown): void {
  const { user, mechanism, password, iterations, salt, remove } = checkObject(subject, change);
  checkName(`${subject}.user`, user);
  checkChoice(`${subject}.mechanism`, mechanism, MECHANISMS);
  if (remove !== undefined) {
    if (remove !== true || password !== undefined)
      throw invalid(`${subject}.remove`, remove, "true, without a password beside it, or left out");
    return;
  }
  if (typeof password !== "string" || password === "") throw secret(`${subject}.password`);
  checkOptional(`${subject}.iterations`, iterations, (each, value) => checkInteger(each, value, 1, ITERATIONS_MAX));
  if (salt !== undefined && !(salt instanceof Uint8Array && salt.length > 0)) throw invalid(`${subject}.salt`, salt, "bytes (Uint8Array)");
}

function checkPrincipal(subject: string, value: unknown): string {
  const principal = checkName(subject, value);
  if (/^[^:]+:./s.test(principal)) return principal;
  throw invalid(subject, value, 'a principal with its type, such as "User:alice"');
}

function checkPrincipals(subject: string, value: unknown): void {
  checkList(subject, value, checkPrincipal);
}

function checkPeriod(subject: string, value: unknown): number {
  return checkInteger(subject, value, -1, Number.MAX_SAFE_INTEGER);
}

function checkHmac(subject: string, value: unknown): void {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw secret(subject, "a token's secret in base64");
}

/** The value is not shown. */
function secret(subject: string, mustBe = "a text that is not empty"): ClientError {
  return new ClientError("INVALID_ARGUMENT", `${subject} must be ${mustBe}.`, { subject });
}
