import { type JaasEntry, type Logger, OttlaError, parseJaasConfig } from "@ottla/base";
import type { EffectiveConfig } from "../../config/effective-config.ts";
import { type ScramCredentials, scramMechanism, scramMechanisms } from "../../metadata/scram-credentials.ts";
import { OAUTHBEARER, oauthServer } from "../oauth/oauth-server.ts";
import { type OAuthSettings, oauthSettings } from "../oauth/oauth-settings.ts";
import { refusedToken, type TokenChecker } from "../oauth/token-verdict.ts";
import { plainServer, type PlainPasswords } from "./plain.ts";
import type { SaslRules } from "./sasl-login.ts";
import type { SaslMechanism } from "./sasl-mechanism.ts";
import { type ScramChance, scramServer, type TokenLogins } from "./scram.ts";

/** What the logins of a listener stand on. */
export interface ListenerSaslDeps {
  readonly config: EffectiveConfig;
  readonly credentials: ScramCredentials;
  readonly tokens: TokenLogins;
  readonly chance: ScramChance;
  readonly logger: Logger;
  /** Decides about tokens of OAUTHBEARER. */
  readonly oauthTokens: (settings: OAuthSettings) => TokenChecker;
}

const USER_OPTION = "user_";

/** While settings are judged. */
const NO_TOKENS: TokenChecker = { check: () => refusedToken("nobody is asked"), close() {} };

/** The logins of one listener, as its settings are now: looked up again after each change of a setting. */
export class ListenerSasl implements SaslRules {
  readonly #deps: ListenerSaslDeps;
  readonly #listenerName: string;
  readonly #nodeId: number;
  #mechanisms: ReadonlyMap<string, SaslMechanism>;
  #revision: number;
  /** Kept as long as its settings are. */
  #oauth: { readonly settings: string; readonly checker: TokenChecker } | undefined;

  /** Errors: `INVALID_CONFIG`, `UNSUPPORTED_SASL_MECHANISM`; the sentence names the listener. */
  constructor(deps: ListenerSaslDeps, listenerName: string, nodeId: number) {
    this.#deps = deps;
    this.#listenerName = listenerName;
    this.#nodeId = nodeId;
    this.#revision = deps.config.brokerRevision;
    this.#mechanisms = this.#take(deps.config);
  }

  mechanisms(): ReadonlyMap<string, SaslMechanism> {
    const { config } = this.#deps;
    if (config.brokerRevision === this.#revision) return this.#mechanisms;
    this.#revision = config.brokerRevision;
    try {
      this.#mechanisms = this.#take(config);
    } catch (error) {
      if (!(error instanceof OttlaError)) throw error;
      this.#deps.logger.error("new settings of logins cannot be used, the old ones stay", { error: error.message });
    }
    return this.#mechanisms;
  }

  /** Why these settings could not be taken; undefined where they could. */
  faultIn(config: EffectiveConfig): string | undefined {
    try {
      this.#read(config, () => NO_TOKENS);
      return undefined;
    } catch (error) {
      return error instanceof OttlaError ? error.message : String(error);
    }
  }

  maxReauthMs(mechanism: string): number {
    const { config } = this.#deps;
    const at = { nodeId: this.#nodeId };
    const own = config.listener(this.#listenerName, "connections.max.reauth.ms", { ...at, mechanism });
    return Number(own.value);
  }

  close(): void {
    this.#oauth?.checker.close();
  }

  get failureDelayMs(): number {
    return this.#deps.config.number("connection.failed.authentication.delay.ms", this.#nodeId);
  }

  /** All of it or, where anything cannot be, nothing. */
  #take(config: EffectiveConfig): ReadonlyMap<string, SaslMechanism> {
    this.#read(config, () => NO_TOKENS);
    const mechanisms = this.#read(config, (settings) => this.#follow(settings));
    if (!mechanisms.has(OAUTHBEARER)) {
      this.#oauth?.checker.close();
      this.#oauth = undefined;
    }
    return mechanisms;
  }

  #read(config: EffectiveConfig, tokensOf: (settings: OAuthSettings) => TokenChecker): ReadonlyMap<string, SaslMechanism> {
    const names =
      (config.listener(this.#listenerName, "sasl.enabled.mechanisms", { nodeId: this.#nodeId }).value as readonly string[] | null) ?? [];
    if (names.length === 0) throw this.#refuse("sasl.enabled.mechanisms is empty, so that nobody could log in");
    return new Map(
      names.map((name) => [
        name,
        name === OAUTHBEARER ? oauthServer(tokensOf(this.#oauthSettings(config))) : this.#mechanism(config, name),
      ]),
    );
  }

  #mechanism(config: EffectiveConfig, name: string): SaslMechanism {
    const { credentials, tokens, chance } = this.#deps;
    const scram = scramMechanism(name);
    if (scram !== undefined) return scramServer(scram, credentials, tokens, chance);
    if (name === "PLAIN") return plainServer(this.#plainPasswords(config));
    throw new OttlaError(
      "UNSUPPORTED_SASL_MECHANISM",
      `The listener ${this.#listenerName}: sasl.enabled.mechanisms has ${name}, which Ottla does not serve; use ${[...scramMechanisms.map((own) => own.name), "PLAIN", OAUTHBEARER].join(", ")}.`,
    );
  }

  #plainPasswords(config: EffectiveConfig): PlainPasswords {
    const { name, entries } = this.#jaas(config, "PLAIN");
    if (entries === undefined) throw this.#refuse(`PLAIN needs ${name}, with the users as user_NAME="PASSWORD"`);
    const entry = entries.find(({ loginModule }) => loginModule.endsWith("PlainLoginModule"));
    if (entry === undefined) throw this.#refuse(`${name} has no PlainLoginModule`);
    const passwords = new Map<string, string>();
    for (const [option, password] of entry.options) {
      if (option.startsWith(USER_OPTION)) passwords.set(option.slice(USER_OPTION.length), password);
    }
    return (user) => passwords.get(user);
  }

  #oauthSettings(config: EffectiveConfig): OAuthSettings {
    return oauthSettings({
      value: (name) => config.listener(this.#listenerName, name, { nodeId: this.#nodeId, mechanism: OAUTHBEARER }).value,
      jaas: this.#jaas(config, OAUTHBEARER).entries?.find(({ loginModule }) => loginModule.endsWith("OAuthBearerLoginModule")),
      refuse: (what) => this.#refuse(what),
    });
  }

  #follow(settings: OAuthSettings): TokenChecker {
    const text = JSON.stringify(settings);
    if (this.#oauth?.settings === text) return this.#oauth.checker;
    this.#oauth?.checker.close();
    for (const warning of settings.warnings) this.#deps.logger.warn(warning, { listener: this.#listenerName });
    const checker = this.#deps.oauthTokens(settings);
    this.#oauth = { settings: text, checker };
    return checker;
  }

  /** The login modules of a mechanism; undefined where its setting is not there. */
  #jaas(config: EffectiveConfig, mechanism: string): { readonly name: string; readonly entries: readonly JaasEntry[] | undefined } {
    const { value } = config.listener(this.#listenerName, "sasl.jaas.config", { nodeId: this.#nodeId, mechanism });
    const name = `listener.name.${this.#listenerName.toLowerCase()}.${mechanism.toLowerCase()}.sasl.jaas.config`;
    return { name, entries: typeof value === "string" ? parseJaasConfig(name, value) : undefined };
  }

  #refuse(what: string): OttlaError {
    return new OttlaError("INVALID_CONFIG", `The listener ${this.#listenerName}: ${what}.`);
  }
}
