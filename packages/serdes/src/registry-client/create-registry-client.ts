import { holdingClock } from "@ottla/base/node";
import { RegistryClientError } from "./registry-client-error.ts";
import { RegistryHttp } from "./registry-http.ts";
import type { RegistryClient, RegistryClientOptions } from "./registry-client-types.ts";
import { CachingRegistryClient } from "./caching-registry-client.ts";

const RETRIES_MAX = 20;

/** A client of a Schema Registry. Throws `RegistryClientError` REGISTRY_INVALID_OPTION. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  if (typeof options !== "object" || options === null) throw invalid("options", options, "an object with baseUrls");
  const { auth, baseUrls, cacheSize = 10_000, clock = holdingClock, headers = {}, latestCacheMs = 60_000 } = options;
  const { requestTimeoutMs = 10_000, retries = 3, retryBackoffMs = 100, tls } = options;
  const urls = typeof baseUrls === "string" ? baseUrls.split(",") : baseUrls;
  if (!Array.isArray(urls) || urls.length === 0) throw invalid("baseUrls", baseUrls, "one or more URLs");
  checkNumber("requestTimeoutMs", requestTimeoutMs, 1, 3_600_000);
  checkNumber("retries", retries, 0, RETRIES_MAX);
  checkNumber("retryBackoffMs", retryBackoffMs, 1, 60_000);
  checkNumber("cacheSize", cacheSize, 1, 1_000_000);
  checkNumber("latestCacheMs", latestCacheMs, 0, 86_400_000);
  if (auth !== undefined) checkAuth(auth);
  const http = new RegistryHttp({
    baseUrls: urls.map(readUrl),
    auth,
    tls,
    headers,
    requestTimeoutMs,
    retries,
    retryBackoffMs,
    clock,
  });
  return new CachingRegistryClient(http, { cacheSize, latestCacheMs, clock });
}

function readUrl(text: unknown): URL {
  const url = typeof text === "string" && URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw invalid("baseUrls", typeof text === "string" ? text.replace(/\/\/[^@/]*@/, "//…@") : text, 'URLs like "http://127.0.0.1:8081"');
  return url;
}

function checkAuth(auth: unknown): void {
  const given = auth as { username?: unknown; password?: unknown; token?: unknown } | null;
  const isLogin = typeof given?.username === "string" && typeof given.password === "string";
  const isToken = typeof given?.token === "string" || typeof given?.token === "function";
  // What was given is not shown: it may be a password.
  if (!isLogin && !isToken)
    throw new RegistryClientError(
      "REGISTRY_INVALID_OPTION",
      "auth must be { username, password } or { token }, a text or a function that gives one.",
    );
}

function checkNumber(name: string, value: unknown, min: number, max: number): void {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
    throw invalid(name, value, `a whole number from ${min} to ${max}`);
}

function invalid(name: string, given: unknown, mustBe: string): RegistryClientError {
  return new RegistryClientError("REGISTRY_INVALID_OPTION", `${name} is ${JSON.stringify(given) ?? String(given)}; it must be ${mustBe}.`);
}
