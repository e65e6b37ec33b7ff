import type { Clock, Logger, Net, ReadFile, Timer, TlsPeer, TlsServer } from "@ottla/base";
import { CLUSTER_DEFAULT, type EffectiveConfig } from "../config/effective-config.ts";
import type { ScramCredentials } from "../metadata/scram-credentials.ts";
import { hasSasl, isEncrypted, type ListenerSettings } from "../net/listener-settings.ts";
import { ListenerSasl } from "./authentication/listener-sasl.ts";
import type { OAuthSettings } from "./oauth/oauth-settings.ts";
import { SignedTokens } from "./oauth/signed-tokens.ts";
import type { TokenChecker } from "./oauth/token-verdict.ts";
import { UnsecuredTokens } from "./oauth/unsecured-tokens.ts";
import type { SaslRules } from "./authentication/sasl-login.ts";
import { scramChance, type TokenLogins } from "./authentication/scram.ts";
import { ANONYMOUS, type Principal, userPrincipal } from "./principal.ts";
import { ListenerTls } from "./tls/listener-tls.ts";

/** What the security of all listeners stands on. */
export interface SecurityDeps {
  readonly clock: Clock;
  readonly net: Net;
  readonly logger: Logger;
  readonly config: EffectiveConfig;
  readonly scram: ScramCredentials;
  readonly tokens: TokenLogins;
  readonly readFile: ReadFile;
}

/** How clients of one listener are told apart. */
export interface ListenerSecurity {
  /** For the next connection; absent where the listener is not encrypted. */
  readonly tlsServer?: (() => TlsServer) | undefined;
  /** Present where clients have to log in. */
  readonly sasl?: SaslRules | undefined;
  /** Present where a certificate says who the client is. */
  readonly principalOf?: ((peer: TlsPeer) => Principal | undefined) | undefined;
}

/** How often files of certificates are looked at. */
const FILES_EVERY_MS = 10_000;

interface Own {
  readonly nodeId: number;
  readonly name: string;
  readonly tls: ListenerTls | undefined;
  readonly sasl: ListenerSasl | undefined;
}

/** The security of every listener of every virtual broker; follows settings and files. */
export class BrokerSecurity {
  readonly #deps: SecurityDeps;
  readonly #listeners: readonly Own[];
  #timer: Timer | undefined;

  private constructor(deps: SecurityDeps, listeners: readonly Own[]) {
    this.#deps = deps;
    this.#listeners = listeners;
    if (listeners.some(({ tls }) => tls !== undefined)) this.#lookAgainLater();
  }

  /** Errors: `INVALID_CONFIG`, `TLS_STORE`, `TLS_MATERIAL`, `UNSUPPORTED_SASL_MECHANISM`, each naming the listener. */
  static async open(deps: SecurityDeps, nodeIds: readonly number[], settings: readonly ListenerSettings[]): Promise<BrokerSecurity> {
    const listeners: Own[] = [];
    const chance = scramChance();
    for (const nodeId of nodeIds) {
      for (const { name, protocol } of settings) {
        const tls = isEncrypted(protocol) ? await ListenerTls.open(deps, name, nodeId, hasSasl(protocol)) : undefined;
        const sasl = hasSasl(protocol)
          ? new ListenerSasl(
              {
                config: deps.config,
                credentials: deps.scram,
                tokens: deps.tokens,
                chance,
                logger: deps.logger,
                oauthTokens: oauthTokens(deps),
              },
              name,
              nodeId,
            )
          : undefined;
        listeners.push({ nodeId, name, tls, sasl });
      }
    }
    return new BrokerSecurity(deps, listeners);
  }

  of(nodeId: number, listenerName: string): ListenerSecurity {
    const own = this.#listeners.find((listener) => listener.nodeId === nodeId && listener.name === listenerName);
    const { tls, sasl } = own ?? {};
    return {
      tlsServer: tls && (() => tls.server),
      sasl,
      principalOf: tls && !sasl ? (peer) => principalOf(tls, peer) : undefined,
    };
  }

  /** Why some listener could not go on with these settings of a broker, or of all; undefined where all could. */
  async faultIn(brokerName: string, configs: ReadonlyMap<string, string>): Promise<string | undefined> {
    const config = this.#deps.config.withBroker(brokerName, configs);
    for (const { nodeId, tls, sasl } of this.#listeners) {
      if (brokerName !== CLUSTER_DEFAULT && brokerName !== String(nodeId)) continue;
      const fault = (await tls?.faultIn(config)) ?? sasl?.faultIn(config);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Settings of brokers have changed. */
  settingsChanged(): void {
    for (const { tls } of this.#listeners) void tls?.reload();
  }

  close(): void {
    this.#timer?.cancel();
    for (const { sasl } of this.#listeners) sasl?.close();
  }

  #lookAgainLater(): void {
    this.#timer = this.#deps.clock.schedule(FILES_EVERY_MS, () => {
      this.settingsChanged();
      this.#lookAgainLater();
    });
  }
}

function oauthTokens(deps: SecurityDeps): (settings: OAuthSettings) => TokenChecker {
  return (settings) =>
    settings.kind === "signed"
      ? new SignedTokens(deps, settings.endpoint, settings.rules)
      : new UnsecuredTokens(deps.clock, settings.rules);
}

function principalOf(tls: ListenerTls, { subject }: TlsPeer): Principal | undefined {
  if (subject === undefined) return ANONYMOUS;
  const user = tls.userOf(subject);
  return user === undefined ? undefined : userPrincipal(user);
}
