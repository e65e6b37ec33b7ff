import { type Logger, OttlaError, parseJaasConfig } from "@ottla/base";
import type { EffectiveConfig } from "../../config/effective-config.ts";
import { type ScramCredentials, scramMechanism, scramMechanisms } from "../../metadata/scram-credentials.ts";
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
}

const USER_OPTION = "user_";

/** The logins of one listener, as its settings are now: looked up again after each change of a setting. */
export class ListenerSasl implements SaslRules {
  readonly #deps: ListenerSaslDeps;
  readonly #listenerName: string;
  readonly #nodeId: number;
  #mechanisms: ReadonlyMap<string, SaslMechanism>;
  #revision: number;

  /** Errors: `INVALID_CONFIG`, `UNSUPPORTED_SASL_MECHANISM`; the sentence names the listener. */
  constructor(deps: ListenerSaslDeps, listenerName: string, nodeId: number) {
    this.#deps = deps;
    this.#listenerName = listenerName;
    this.#nodeId = nodeId;
    this.#revision = deps.config.brokerRevision;
    this.#mechanisms = this.#read(deps.config);
  }

  mechanisms(): ReadonlyMap<string, SaslMechanism> {
    const { config } = this.#deps;
    if (config.brokerRevision === this.#revision) return this.#mechanisms;
    this.#revision = config.brokerRevision;
    try {
      this.#mechanisms = this.#read(config);
    } catch (error) {
      if (!(error instanceof OttlaError)) throw error;
      this.#deps.logger.error("new settings of logins cannot be used, the old ones stay", { error: error.message });
    }
    return this.#mechanisms;
  }

  /** Why these settings could not be taken; undefined where they could. */
  faultIn(config: EffectiveConfig): string | undefined {
    try {
      this.#read(config);
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

  get failureDelayMs(): number {
    return this.#deps.config.number("connection.failed.authentication.delay.ms", this.#nodeId);
  }

  #read(config: EffectiveConfig): ReadonlyMap<string, SaslMechanism> {
    const names =
      (config.listener(this.#listenerName, "sasl.enabled.mechanisms", { nodeId: this.#nodeId }).value as readonly string[] | null) ?? [];
    if (names.length === 0) throw this.#refuse("sasl.enabled.mechanisms is empty, so that nobody could log in");
    return new Map(names.map((name) => [name, this.#mechanism(config, name)]));
  }

  #mechanism(config: EffectiveConfig, name: string): SaslMechanism {
    const { credentials, tokens, chance } = this.#deps;
    const scram = scramMechanism(name);
    if (scram !== undefined) return scramServer(scram, credentials, tokens, chance);
    if (name === "PLAIN") return plainServer(this.#plainPasswords(config));
    throw new OttlaError(
      "UNSUPPORTED_SASL_MECHANISM",
      `The listener ${this.#listenerName}: sasl.enabled.mechanisms has ${name}, which Ottla does not serve; use ${[...scramMechanisms.map((own) => own.name), "PLAIN"].join(", ")}.`,
    );
  }

  #plainPasswords(config: EffectiveConfig): PlainPasswords {
    const { value } = config.listener(this.#listenerName, "sasl.jaas.config", { nodeId: this.#nodeId, mechanism: "PLAIN" });
    const name = `listener.name.${this.#listenerName.toLowerCase()}.plain.sasl.jaas.config`;
    if (typeof value !== "string") throw this.#refuse(`PLAIN needs ${name}, with the users as user_NAME="PASSWORD"`);
    const entry = parseJaasConfig(name, value).find(({ loginModule }) => loginModule.endsWith("PlainLoginModule"));
    if (entry === undefined) throw this.#refuse(`${name} has no PlainLoginModule`);
    const passwords = new Map<string, string>();
    for (const [option, password] of entry.options) {
      if (option.startsWith(USER_OPTION)) passwords.set(option.slice(USER_OPTION.length), password);
    }
    return (user) => passwords.get(user);
  }

  #refuse(what: string): OttlaError {
    return new OttlaError("INVALID_CONFIG", `The listener ${this.#listenerName}: ${what}.`);
  }
}
