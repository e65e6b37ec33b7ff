import { type Clock, type Logger, OttlaError, type Role } from "@ottla/base";
import type { Configuration, CustomFetch } from "openid-client";
import type { OidcSettings } from "../console-users.ts";
import { boundedText } from "../../services/rest-answers.ts";
import { ownerOf } from "./claims.ts";
import { Seal } from "./sealed.ts";

/** A login that a browser was sent away for; it comes back with it in a cookie. */
interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** Where the person wanted to go. */
  readonly to: string;
  readonly beganMs: number;
}

/** Who came back. */
export interface OidcOwner {
  readonly name: string;
  readonly role: Role;
  readonly idToken: string;
  readonly to: string;
}

/** A person may take so long to log in over there. */
export const LOGIN_WITHIN_S = 600;
const PROVIDER_TIMEOUT_S = 10;
/** Nothing that a provider says is longer. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** What a provider says of itself is asked again after so long. */
const KNOWN_FOR_MS = 3_600_000;

/**
 * Logins by an identity provider: OpenID Connect's authorization code flow with PKCE, state and nonce. The provider is asked when the first person comes. An ID token's signature, issuer, audience, times and nonce are checked.
 */
export class OidcLogin {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #seal = new Seal();
  #settings: OidcSettings;
  #known: { readonly provider: Promise<Provider>; readonly sinceMs: number } | undefined;

  constructor(settings: OidcSettings, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#logger = logger;
  }

  get title(): string {
    return this.#settings.title;
  }

  replace(settings: OidcSettings): void {
    this.#settings = settings;
    this.#known = undefined;
  }

  /** Where to send a browser, and what it is to bring back. Errors: `OIDC_AWAY`. */
  async begin(redirectUri: string, to: string): Promise<{ readonly address: URL; readonly cookie: string }> {
    const { library, configuration } = await this.#provider();
    const begun: Begun = {
      state: library.randomState(),
      nonce: library.randomNonce(),
      verifier: library.randomPKCECodeVerifier(),
      redirectUri,
      to,
      beganMs: this.#clock.monotonicMs(),
    };
    const address = library.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#settings.scopes.join(" "),
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: "S256",
    });
    return { address, cookie: this.#seal.close(JSON.stringify(begun)) };
  }

  /** Who came back with `search`, the query that the provider sent the browser with. Errors: `OIDC_STALE`, `OIDC_REFUSED`, `OIDC_NO_ROLE`, `OIDC_AWAY`, `OIDC_FAILED`. */
  async finish(search: string, cookie: string | undefined): Promise<OidcOwner> {
    const opened = this.#seal.open(cookie ?? "");
    const begun = opened === undefined ? undefined : (JSON.parse(opened) as Begun);
    if (begun === undefined || this.#clock.monotonicMs() - begun.beganMs > LOGIN_WITHIN_S * 1_000)
      throw new OttlaError("OIDC_STALE", "The login took too long, or was begun in another browser; begin again.");
    const { library, configuration } = await this.#provider();
    try {
      const address = new URL(begun.redirectUri);
      address.search = search;
      const tokens = await library.authorizationCodeGrant(configuration, address, {
        pkceCodeVerifier: begun.verifier,
        expectedNonce: begun.nonce,
        expectedState: begun.state,
        idTokenExpected: true,
      });
      return { ...ownerOf(tokens.claims() ?? {}, this.#settings), idToken: tokens.id_token ?? "", to: begun.to };
    } catch (error) {
      if (error instanceof OttlaError) throw error;
      if (error instanceof library.AuthorizationResponseError && error.error === "access_denied")
        throw new OttlaError("OIDC_REFUSED", "The identity provider did not let you in.", { cause: error });
      this.#logger.warn("A login by the identity provider failed.", { issuer: this.#settings.issuer, error });
      throw new OttlaError("OIDC_FAILED", "What the identity provider answered cannot be used; the console's log says why.", {
        cause: error,
      });
    }
  }

  /** Where a browser is logged out over there; undefined where the provider has no such place, or cannot be reached. */
  async logoutAddress(idToken: string, backTo: string): Promise<string | undefined> {
    try {
      const { library, configuration } = await this.#provider();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return library.buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: backTo }).href;
    } catch {
      return undefined;
    }
  }

  #provider(): Promise<Provider> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#known !== undefined && nowMs - this.#known.sinceMs < KNOWN_FOR_MS) return this.#known.provider;
    const provider = discovered(this.#settings);
    const known = { provider, sinceMs: nowMs };
    this.#known = known;
    return provider.catch((error: unknown) => {
      if (this.#known === known) this.#known = undefined;
      this.#logger.warn("The identity provider cannot be asked; it is asked again with the next login.", {
        issuer: this.#settings.issuer,
        error,
      });
      throw new OttlaError(
        "OIDC_AWAY",
        "The identity provider does not answer as one; the console's log says why. Come again, or log in by password.",
        { cause: error },
      );
    });
  }
}

interface Provider {
  readonly library: typeof import("openid-client");
  readonly configuration: Configuration;
}

async function discovered({ issuer, clientId, clientSecret, clockToleranceS }: OidcSettings): Promise<Provider> {
  const library = await import("openid-client");
  const isInTheClear = issuer.startsWith("http://");
  const metadata = { ...(clientSecret !== undefined && { client_secret: clientSecret }), [library.clockTolerance]: clockToleranceS };
  const options = {
    timeout: PROVIDER_TIMEOUT_S,
    [library.customFetch]: boundedFetch,
    ...(isInTheClear && { execute: [library.allowInsecureRequests] }),
  };
  const found = await library.discovery(new URL(issuer), clientId, metadata, library.None(), options);
  const server = found.serverMetadata();
  const ways = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const authentication =
    clientSecret === undefined
      ? library.None()
      : ways.includes("client_secret_basic")
        ? library.ClientSecretBasic(clientSecret)
        : library.ClientSecretPost(clientSecret);
  const configuration = new library.Configuration(server, clientId, metadata, authentication);
  configuration.timeout = PROVIDER_TIMEOUT_S;
  configuration[library.customFetch] = boundedFetch;
  if (isInTheClear) library.allowInsecureRequests(configuration);
  // Also what comes over TLS is looked at: a token without a good signature is none.
  library.enableNonRepudiationChecks(configuration);
  return { library, configuration };
}

/** As `fetch`, of answers that are not too long. */
const boundedFetch: CustomFetch = async (url, init) => {
  const response = await fetch(url, init as RequestInit);
  const text = await boundedText(response, ANSWER_BYTES_MAX).catch((cause: unknown) => {
    throw new TypeError("The identity provider's answer cannot be read.", { cause });
  });
  return new Response(text === "" ? null : text, { status: response.status, headers: response.headers });
};
