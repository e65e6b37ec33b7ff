import { type Clock, type Logger, openKeystore, OttlaError, pemParts, type ReadFile } from "@ottla/base";
import { checkToken, type ClaimRules, type ProviderKeys, readProviderKeys } from "./check-token.ts";
import { fetchDocument } from "./fetch-keys.ts";
import { KeySource } from "./key-source.ts";
import type { KeyEndpoint } from "./oauth-settings.ts";
import { refusedToken, type TokenChecker, type TokenVerdict } from "./token-verdict.ts";

export interface SignedTokensDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readFile: ReadFile;
}

/** A file's keys are looked at this often: nobody fetches anything. */
const FILE_EVERY_MS = 10_000;

/** Tokens that an identity provider has signed, checked with its keys. */
export class SignedTokens implements TokenChecker {
  readonly #clock: Clock;
  readonly #rules: ClaimRules;
  readonly #source: KeySource<ProviderKeys>;

  constructor(deps: SignedTokensDeps, endpoint: KeyEndpoint, rules: ClaimRules) {
    this.#clock = deps.clock;
    this.#rules = rules;
    const { url, schedule } = endpoint;
    const isFile = url.protocol === "file:";
    this.#source = new KeySource(
      deps,
      `${url.protocol}//${url.host}${url.pathname}`,
      isFile ? { ...schedule, refreshMs: Math.min(schedule.refreshMs, FILE_EVERY_MS) } : schedule,
      async (signal) => {
        const trusted = await trustedBy(endpoint, deps.readFile);
        return readProviderKeys(await fetchDocument(url, { readFile: deps.readFile, trusted, signal }));
      },
    );
  }

  async check(token: string): Promise<TokenVerdict> {
    const keys = await this.#source.current();
    if (keys === undefined) return refusedToken("the keys of the identity provider have not been fetched yet");
    const verdict = await this.#checkWith(token, keys);
    if (verdict.kind !== "unknown-key") return verdict;
    const fresh = await this.#source.refreshedFor(verdict.keyId);
    const again = fresh === undefined || fresh === keys ? verdict : await this.#checkWith(token, fresh);
    return again.kind === "unknown-key" ? refusedToken(again.why) : again;
  }

  close(): void {
    this.#source.close();
  }

  #checkWith(token: string, keys: ProviderKeys): ReturnType<typeof checkToken> {
    return checkToken(token, keys, this.#rules, this.#clock.nowMs());
  }
}

/** The authorities that the server of the keys may be known by; none: those of Node. */
async function trustedBy({ trust }: KeyEndpoint, readFile: ReadFile): Promise<readonly string[]> {
  const { location, password, certificates } = trust;
  if (certificates !== undefined) return pemParts(certificates, "ssl.truststore.certificates").certificates;
  if (location === undefined) return [];
  const bytes = readFile(location);
  const isPem = bytes.includes("-----BEGIN ");
  const found = isPem ? pemParts(bytes.toString("utf8"), location) : await openKeystore(new Map(), location, bytes, password ?? null);
  if (found.certificates.length === 0) throw new OttlaError("OAUTH_KEYS", `${location} holds no certificate`);
  return found.certificates;
}
