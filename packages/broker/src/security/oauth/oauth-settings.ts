import type { ConfigValue, JaasEntry, OttlaError } from "@ottla/base";
import type { ClaimRules } from "./check-token.ts";
import type { KeySchedule } from "./key-source.ts";
import type { UnsecuredRules } from "./unsecured-tokens.ts";

/** Where the keys of an identity provider are. */
export interface KeyEndpoint {
  /** `http:`, `https:` or `file:`. */
  readonly url: URL;
  readonly schedule: KeySchedule;
  /** By whom the server of the keys may be known, where it is not by the authorities that Node has. */
  readonly trust: {
    readonly location?: string | undefined;
    readonly password?: string | undefined;
    readonly certificates?: string | undefined;
  };
}

/** Whose tokens a listener takes. */
export type OAuthSettings =
  | { readonly kind: "signed"; readonly endpoint: KeyEndpoint; readonly rules: ClaimRules; readonly warnings: readonly string[] }
  | { readonly kind: "unsecured"; readonly rules: UnsecuredRules; readonly warnings: readonly string[] };

/** What the settings of one listener are read from. */
export interface OAuthValues {
  value(name: string): ConfigValue;
  /** The entry of `sasl.jaas.config` for OAUTHBEARER; it may be absent. */
  readonly jaas: JaasEntry | undefined;
  refuse(what: string): OttlaError;
}

const PACKAGE = "org.apache.kafka.common.security.oauthbearer";
const SIGNED_HANDLER = `${PACKAGE}.OAuthBearerValidatorCallbackHandler`;
const UNSECURED_HANDLER = `${PACKAGE}.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`;
const VALIDATORS: readonly string[] = [`${PACKAGE}.DefaultJwtValidator`, `${PACKAGE}.BrokerJwtValidator`];
const URL_KEY = "sasl.oauthbearer.jwks.endpoint.url";

/**
 * Reads `sasl.oauthbearer.*` of one listener. Other than in Kafka, tokens that nobody signed are taken only where the unsecured handler is named, or options of it are there and no
 * URL of keys. Throws what {@link OAuthValues.refuse} makes, where something is missing or wrong.
 */
export function oauthSettings(values: OAuthValues): OAuthSettings {
  const handler = textOf(values, "sasl.server.callback.handler.class");
  const url = textOf(values, URL_KEY);
  const options = values.jaas?.options ?? new Map<string, string>();
  const asksForUnsecured = [...options.keys()].some((name) => name.startsWith("unsecured"));
  if (handler === UNSECURED_HANDLER || (handler === null && url === null && asksForUnsecured)) return unsecuredSettings(values, options);
  if (handler !== null && handler !== SIGNED_HANDLER)
    throw values.refuse(
      `sasl.server.callback.handler.class is ${handler}, a Java class that Ottla cannot run; leave it out, or set it to ${SIGNED_HANDLER}`,
    );
  if (url === null)
    throw values.refuse(
      `OAUTHBEARER needs ${URL_KEY}, the address of your identity provider's keys; for tests, sasl.server.callback.handler.class=${UNSECURED_HANDLER} takes tokens that nobody signed`,
    );
  const validator = textOf(values, "sasl.oauthbearer.jwt.validator.class");
  if (validator !== null && !VALIDATORS.includes(validator))
    throw values.refuse(`sasl.oauthbearer.jwt.validator.class is ${validator}, a Java class that Ottla cannot run; leave it out`);
  const { rules, warnings } = claimRules(values);
  return { kind: "signed", endpoint: { url: urlOf(values, url), schedule: scheduleOf(values), trust: trustOf(options) }, rules, warnings };
}

function claimRules(values: OAuthValues): { readonly rules: ClaimRules; readonly warnings: readonly string[] } {
  const audiences = (values.value("sasl.oauthbearer.expected.audience") as readonly string[] | null) ?? [];
  const issuer = textOf(values, "sasl.oauthbearer.expected.issuer");
  const warnings: string[] = [];
  const demand = (is: boolean, claim: string, key: string, allowKey: string): void => {
    if (is) return;
    if (values.value(allowKey) !== true)
      throw values.refuse(
        `OAUTHBEARER needs ${key}, so that tokens for others are not taken; ${allowKey}=true does without, which is unsafe`,
      );
    warnings.push(`tokens are taken whatever their claim ${claim} is, as ${allowKey} has it`);
  };
  demand(audiences.length > 0, "aud", "sasl.oauthbearer.expected.audience", "sasl.oauthbearer.allow.unverified.audience");
  demand(issuer !== null, "iss", "sasl.oauthbearer.expected.issuer", "sasl.oauthbearer.allow.unverified.issuer");
  const rules = {
    audiences,
    issuer,
    clockSkewSeconds: numberOf(values, "sasl.oauthbearer.clock.skew.seconds", 0),
    scopeClaim: textOf(values, "sasl.oauthbearer.scope.claim.name") ?? "scope",
    subClaim: textOf(values, "sasl.oauthbearer.sub.claim.name") ?? "sub",
  };
  return { rules, warnings };
}

function scheduleOf(values: OAuthValues): KeySchedule {
  return {
    refreshMs: numberOf(values, "sasl.oauthbearer.jwks.endpoint.refresh.ms", 1),
    retryBackoffMs: numberOf(values, "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", 1),
    retryBackoffMaxMs: numberOf(values, "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", 1),
  };
}

function trustOf(options: ReadonlyMap<string, string>): KeyEndpoint["trust"] {
  return {
    location: options.get("ssl.truststore.location"),
    password: options.get("ssl.truststore.password"),
    certificates: options.get("ssl.truststore.certificates"),
  };
}

function unsecuredSettings(values: OAuthValues, options: ReadonlyMap<string, string>): OAuthSettings {
  const option = (name: string): string | undefined => options.get(`unsecuredValidator${name}`)?.trim() || undefined;
  const clockSkewMs = Number(option("AllowableClockSkewMs") ?? 0);
  if (!Number.isInteger(clockSkewMs) || clockSkewMs < 0)
    throw values.refuse(
      "the option unsecuredValidatorAllowableClockSkewMs of its sasl.jaas.config must be a whole number of ms, 0 or more",
    );
  return {
    kind: "unsecured",
    rules: {
      principalClaim: option("PrincipalClaimName") ?? "sub",
      scopeClaim: option("ScopeClaimName") ?? "scope",
      requiredScope: option("RequiredScope")?.split(" ") ?? [],
      clockSkewMs,
    },
    warnings: ["tokens that nobody signed are taken: anybody may log in as anybody"],
  };
}

function textOf(values: OAuthValues, name: string): string | null {
  const value = values.value(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function numberOf(values: OAuthValues, name: string, least: number): number {
  const value = values.value(name);
  if (typeof value !== "number" || value < least) throw values.refuse(`${name} must be ${least} or more`);
  return value;
}

function urlOf(values: OAuthValues, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:", "file:"].includes(url.protocol))
    throw values.refuse(`${URL_KEY} is no URL that begins with https:, http: or file:`);
  return url;
}
