import type { TlsVersion } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import { type Authenticator, noAuthentication } from "../net/authenticator.ts";
import { nearestName, shown } from "../options/argument-checks.ts";
import { clientCredentialsProvider } from "./sasl/client-credentials.ts";
import { OAuthBearerLogin, type TokenProvider } from "./sasl/oauth-bearer.ts";
import { PlainLogin } from "./sasl/plain.ts";
import { SaslAuthenticator } from "./sasl/sasl-authenticator.ts";
import type { SaslLogin } from "./sasl/sasl-exchange.ts";
import { ScramLogin } from "./sasl/scram.ts";
import type { ClientCredentialsLogin, DelegationTokenLogin, PasswordLogin, SaslOptions, TlsOptions } from "./security-types.ts";
import { ConnectionTls } from "./tls/connection-tls.ts";

const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] as const;
const TLS_VERSIONS: readonly TlsVersion[] = ["TLSv1.2", "TLSv1.3"];
const TLS_OPTIONS: Readonly<Record<keyof TlsOptions, true>> = {
  ca: true,
  cert: true,
  key: true,
  passphrase: true,
  caFile: true,
  certFile: true,
  keyFile: true,
  keystore: true,
  truststore: true,
  serverName: true,
  verifyHost: true,
  minVersion: true,
  maxVersion: true,
  cipherSuites: true,
};
const SASL_OPTIONS = {
  password: ["mechanism", "username", "password"],
  delegationToken: ["mechanism", "tokenId", "tokenHmac"],
  token: ["mechanism", "token", "extensions"],
  clientCredentials: ["mechanism", "tokenEndpointUrl", "clientId", "clientSecret", "scope", "extensions", "encodesHeader"],
} as const;

type World = Pick<ClientDeps, "clock" | "random" | "net" | "readFile" | "logger">;

/** How connections are encrypted; undefined where they are not. Throws `ClientError` INVALID_OPTION. Files are read when a connection needs them. */
export function resolveTls(given: unknown, world: World): ConnectionTls | undefined {
  if (given === undefined || given === false) return undefined;
  const tls = given === true ? {} : checkObject("tls", given);
  for (const name of Object.keys(tls)) if (!Object.hasOwn(TLS_OPTIONS, name)) throw unknownOption("tls", name, Object.keys(TLS_OPTIONS));
  const options = tls as TlsOptions;
  for (const name of ["ca", "cert", "key"] as const) checkPem(`tls.${name}`, options[name], name === "ca");
  for (const name of ["caFile", "certFile", "keyFile", "serverName"] as const)
    if (options[name] !== undefined) checkText(`tls.${name}`, options[name]);
  if (options.passphrase !== undefined) checkSecret("tls.passphrase", options.passphrase);
  for (const name of ["keystore", "truststore"] as const) checkStore(`tls.${name}`, options[name]);
  for (const [one, other] of [
    ["ca", "caFile"],
    ["cert", "certFile"],
    ["key", "keyFile"],
    ["ca", "truststore"],
    ["caFile", "truststore"],
    ["cert", "keystore"],
    ["certFile", "keystore"],
    ["key", "keystore"],
    ["keyFile", "keystore"],
  ] as const)
    if (options[one] !== undefined && options[other] !== undefined)
      throw invalid(other, `tls.${one} and tls.${other} both say what to take; give one of them.`);
  const hasCertificate = options.cert !== undefined || options.certFile !== undefined;
  if (hasCertificate !== (options.key !== undefined || options.keyFile !== undefined))
    throw invalid("tls", `tls has a ${hasCertificate ? "certificate and no key" : "key and no certificate"}; they go together.`);
  if (options.verifyHost !== undefined && typeof options.verifyHost !== "boolean")
    throw impossible("tls.verifyHost", options.verifyHost, "true or false");
  for (const name of ["minVersion", "maxVersion"] as const)
    if (options[name] !== undefined && !TLS_VERSIONS.includes(options[name]))
      throw impossible(`tls.${name}`, options[name], `one of ${TLS_VERSIONS.join(", ")}`);
  if (options.minVersion === "TLSv1.3" && options.maxVersion === "TLSv1.2")
    throw invalid("tls.minVersion", "tls.minVersion is TLSv1.3 and tls.maxVersion is TLSv1.2; no version is left.");
  const { cipherSuites } = options;
  if (
    cipherSuites !== undefined &&
    !(Array.isArray(cipherSuites) && cipherSuites.every((suite) => typeof suite === "string" && suite !== ""))
  )
    throw impossible("tls.cipherSuites", cipherSuites, "a list of texts");
  return new ConnectionTls(options, world);
}

/** Who new connections say they are. Throws `ClientError` INVALID_OPTION, in sentences that hold no secret. */
export function resolveAuthenticator(given: unknown, world: World): Authenticator {
  if (given === undefined) return noAuthentication;
  const sasl = checkObject("sasl", given);
  const { mechanism } = sasl as { readonly mechanism?: unknown };
  if (mechanism === undefined) throw invalid("sasl", `sasl has no mechanism; it must be one of ${MECHANISMS.join(", ")}.`);
  if (!MECHANISMS.includes(mechanism as SaslOptions["mechanism"])) {
    const near = typeof mechanism === "string" ? nearestName(mechanism, MECHANISMS) : undefined;
    throw impossible("sasl.mechanism", mechanism, `one of ${MECHANISMS.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`);
  }
  return new SaslAuthenticator(mechanism === "OAUTHBEARER" ? oauthLogin(sasl, world) : passwordLogin(sasl, world));
}

function passwordLogin(sasl: Readonly<Record<string, unknown>>, { random }: World): SaslLogin {
  const randomBytes = (byteLength: number): Buffer => random.bytes(byteLength);
  if ("tokenId" in sasl || "tokenHmac" in sasl) {
    checkNames(sasl, SASL_OPTIONS.delegationToken);
    const { mechanism, tokenId, tokenHmac } = sasl as unknown as DelegationTokenLogin;
    if ((mechanism as string) === "PLAIN")
      throw impossible("sasl.mechanism", mechanism, "SCRAM-SHA-256 or SCRAM-SHA-512 for a delegation token");
    checkText("sasl.tokenId", tokenId);
    checkSecret("sasl.tokenHmac", tokenHmac);
    return new ScramLogin(mechanism, { username: tokenId, password: tokenHmac, isToken: true }, randomBytes);
  }
  checkNames(sasl, SASL_OPTIONS.password);
  const { mechanism, username, password } = sasl as unknown as PasswordLogin;
  checkText("sasl.username", username);
  checkSecret("sasl.password", password);
  if (username.includes("\0") || password.includes("\0"))
    throw invalid("sasl.username", "sasl.username and sasl.password cannot hold the character NUL.");
  return mechanism === "PLAIN" ? new PlainLogin(username, password) : new ScramLogin(mechanism, { username, password }, randomBytes);
}

function oauthLogin(sasl: Readonly<Record<string, unknown>>, { clock }: World): SaslLogin {
  const isProvider = "token" in sasl;
  checkNames(sasl, isProvider ? SASL_OPTIONS.token : SASL_OPTIONS.clientCredentials);
  const { extensions } = sasl as { readonly extensions?: Readonly<Record<string, string>> };
  if (extensions !== undefined) checkObject("sasl.extensions", extensions);
  if (isProvider) {
    const { token } = sasl as { readonly token?: unknown };
    if (typeof token !== "function")
      throw impossible(
        "sasl.token",
        typeof token === "string" ? "a text" : token,
        "a function that gives a token",
        typeof token === "string",
      );
    return new OAuthBearerLogin(token as TokenProvider, clock, extensions);
  }
  const credentials = sasl as unknown as ClientCredentialsLogin;
  checkUrl(credentials.tokenEndpointUrl);
  checkText("sasl.clientId", credentials.clientId);
  checkSecret("sasl.clientSecret", credentials.clientSecret);
  if (credentials.scope !== undefined) checkText("sasl.scope", credentials.scope);
  return new OAuthBearerLogin(clientCredentialsProvider(credentials, clock), clock, extensions);
}

function checkUrl(url: unknown): void {
  const parsed = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !["https:", "http:"].includes(parsed.protocol) || parsed.username !== "" || parsed.password !== "")
    throw invalid("sasl.tokenEndpointUrl", "sasl.tokenEndpointUrl must be an https:// (or http://) address without credentials in it.");
}

function checkNames(sasl: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  for (const name of Object.keys(sasl)) if (!names.includes(name)) throw unknownOption("sasl", name, names);
}

function checkObject(subject: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw impossible(subject, value, subject === "tls" ? "true or an object of options" : "an object of options", subject !== "tls");
}

function checkPem(subject: string, value: unknown, mayBeList: boolean): void {
  if (value === undefined) return;
  const all = mayBeList && Array.isArray(value) ? (value as readonly unknown[]) : [value];
  const isPem = (each: unknown): boolean => (typeof each === "string" && each.includes("-----BEGIN ")) || each instanceof Uint8Array;
  // A key must not stand in a message, whatever it is.
  if (all.length === 0 || !all.every(isPem))
    throw invalid(subject, `${subject} must be PEM: a text with "-----BEGIN …-----", or the bytes of such a file.`);
}

function checkStore(subject: string, value: unknown): void {
  if (value === undefined) return;
  const store = checkObject(subject, value);
  for (const name of Object.keys(store)) if (!["file", "password"].includes(name)) throw unknownOption(subject, name, ["file", "password"]);
  checkText(`${subject}.file`, store["file"]);
  if (store["password"] !== undefined && typeof store["password"] !== "string")
    throw invalid(subject, `${subject}.password must be a text.`);
}

function checkText(subject: string, value: unknown): void {
  if (typeof value !== "string" || value === "") throw impossible(subject, value, "a text that is not empty");
}

/** As {@link checkText}, and the value is not shown. */
function checkSecret(subject: string, value: unknown): void {
  if (typeof value !== "string" || value === "") throw invalid(subject, `${subject} must be a text that is not empty.`);
}

function unknownOption(subject: string, name: string, known: readonly string[]): ClientError {
  const near = nearestName(name, known);
  return invalid(
    `${subject}.${name}`,
    `${subject} was given "${name}", which is no option of it; ${near === undefined ? `it has ${known.join(", ")}.` : `did you mean "${near}"?`}`,
  );
}

function impossible(subject: string, value: unknown, mustBe: string, isSecret = false): ClientError {
  return invalid(subject, `${subject} ${isSecret ? "" : `is ${shown(value)}; it `}must be ${mustBe}.`);
}

function invalid(subject: string, message: string): ClientError {
  return new ClientError("INVALID_OPTION", message, { subject });
}
