import { createHash, X509Certificate } from "node:crypto";
import {
  type Clock,
  type Logger,
  type Net,
  type OpenedStores,
  OttlaError,
  type ReadFile,
  readKeyMaterial,
  type TlsServer,
  type TlsServerMaterial,
} from "@ottla/base";
import type { EffectiveConfig } from "../../config/effective-config.ts";
import { parsePrincipalMapping, type PrincipalMapping } from "./principal-mapping.ts";
import { readSslSettings, type SslSettings } from "./ssl-settings.ts";

/** What a listener's TLS stands on. */
export interface ListenerTlsDeps {
  readonly clock: Clock;
  readonly net: Net;
  readonly logger: Logger;
  readonly config: EffectiveConfig;
  readonly readFile: ReadFile;
}

interface ListenerPlace {
  readonly listenerName: string;
  readonly nodeId: number;
  /** Clients say by SASL who they are. */
  readonly hasSasl: boolean;
}

/** What settings and files say. */
interface Read {
  readonly settings: SslSettings;
  readonly material: TlsServerMaterial;
  readonly mapping: PrincipalMapping;
}

/** Days before a certificate's end from which on the log says so. */
const EXPIRY_WARNING_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * The TLS of one listener of one virtual broker: read at the start, and again when settings or files have changed. Connections that are open keep what they began with; new ones get
 * what is there now. What cannot be used changes nothing: the log says so once, and the old certificate stays.
 */
export class ListenerTls {
  readonly #deps: ListenerTlsDeps;
  readonly #place: ListenerPlace;
  #settings: SslSettings;
  #shown: ShownMaterial;
  #server: TlsServer;
  #mapping: PrincipalMapping;
  readonly #opened: OpenedStores = new Map();
  #lastFault = "";
  /** What the log last said of the end; it says so once a day. */
  #saidDaysLeft = Infinity;
  /** Reloads come one after the other. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(deps: ListenerTlsDeps, place: ListenerPlace, { settings, material, mapping }: Read) {
    this.#deps = deps;
    this.#place = place;
    this.#settings = settings;
    this.#shown = shownOf(material);
    this.#mapping = mapping;
    this.#server = deps.net.tlsServer(material);
  }

  /** Errors: `INVALID_CONFIG`, `TLS_STORE`, `TLS_MATERIAL`; the sentence names the listener. */
  static async open(deps: ListenerTlsDeps, listenerName: string, nodeId: number, hasSasl: boolean): Promise<ListenerTls> {
    try {
      const settings = readSslSettings(deps.config, listenerName, nodeId, hasSasl);
      const material = await readKeyMaterial(settings, deps.readFile);
      const mapping = await parsePrincipalMapping(settings.principalMappingRules);
      const opened = new ListenerTls(deps, { listenerName, nodeId, hasSasl }, { settings, material, mapping });
      opened.#warnOfExpiry();
      return opened;
    } catch (error) {
      throw ofListener(listenerName, error);
    }
  }

  /** For the next connection. */
  get server(): TlsServer {
    return this.#server;
  }

  /** The user behind a certificate's subject; undefined where no rule of `ssl.principal.mapping.rules` applies. */
  userOf(subject: string): string | undefined {
    return this.#mapping(subject);
  }

  /** Looks at settings and files, and takes what is new. Never rejects. */
  reload(): Promise<void> {
    const { config } = this.#deps;
    this.#turn = this.#turn.then(async () => {
      try {
        const next = await this.#next(config);
        this.#lastFault = "";
        if (next === undefined) return;
        this.#mapping = next.mapping;
        this.#settings = next.settings;
        this.#shown = next.shown;
        this.#server = next.server;
        this.#saidDaysLeft = Infinity;
        this.#deps.logger.info("certificates were loaded again", { listener: this.#place.listenerName, ...this.#expiry() });
      } catch (error) {
        this.#sayOnce(error);
      } finally {
        // Also of one that has been there all the time, or stays because the new one is bad.
        this.#warnOfExpiry();
      }
    });
    return this.#turn;
  }

  /** Why these settings could not be taken; undefined where they could. */
  async faultIn(config: EffectiveConfig): Promise<string | undefined> {
    try {
      await this.#next(config);
      return undefined;
    } catch (error) {
      return error instanceof OttlaError ? `The listener ${this.#place.listenerName}: ${error.message}` : String(error);
    }
  }

  /** What settings and files lead to; undefined where that is what there is already. */
  async #next(config: EffectiveConfig) {
    const settings = this.#read(config);
    const material = await readKeyMaterial(settings, this.#deps.readFile, this.#opened);
    const shown = shownOf(material);
    if (shown.digest === this.#shown.digest && settings.principalMappingRules === this.#settings.principalMappingRules) return undefined;
    this.#refuseAnotherBroker(material, settings);
    const mapping = await parsePrincipalMapping(settings.principalMappingRules);
    return { settings, shown, mapping, server: this.#deps.net.tlsServer(material) };
  }

  #read(config: EffectiveConfig): SslSettings {
    const { listenerName, nodeId, hasSasl } = this.#place;
    return readSslSettings(config, listenerName, nodeId, hasSasl);
  }

  /** As Kafka has it: a certificate that is exchanged while the broker runs names the same subject and at least the same hosts, unless that is allowed. */
  #refuseAnotherBroker(material: TlsServerMaterial, settings: SslSettings): void {
    const before = new X509Certificate(this.#shown.certificateChain);
    const after = new X509Certificate(material.certificateChain);
    if (!settings.allowDnChanges && before.subject !== after.subject)
      throw new OttlaError(
        "TLS_STORE",
        "The new certificate has another subject than the one before; set ssl.allow.dn.changes=true if that is meant, or restart.",
      );
    const names = namesOf(after);
    const missing = [...namesOf(before)].find((name) => !names.has(name));
    if (!settings.allowSanChanges && missing !== undefined)
      throw new OttlaError(
        "TLS_STORE",
        `The new certificate does not name ${missing} any more; set ssl.allow.san.changes=true if that is meant, or restart.`,
      );
  }

  #expiry(): { readonly validTo: string } {
    return { validTo: new X509Certificate(this.#shown.certificateChain).validTo };
  }

  #warnOfExpiry(): void {
    const { validTo } = this.#expiry();
    const daysLeft = Math.floor((Date.parse(validTo) - this.#deps.clock.nowMs()) / DAY_MS);
    if (daysLeft >= EXPIRY_WARNING_DAYS || daysLeft === this.#saidDaysLeft) return;
    this.#saidDaysLeft = daysLeft;
    this.#deps.logger.warn(daysLeft < 0 ? "the broker's certificate has expired" : "the broker's certificate expires soon", {
      listener: this.#place.listenerName,
      validTo,
      daysLeft,
    });
  }

  #sayOnce(error: unknown): void {
    const fault = error instanceof OttlaError ? error.message : String(error);
    if (fault === this.#lastFault) return;
    this.#lastFault = fault;
    this.#deps.logger.error("new certificates cannot be used, the old ones stay", { listener: this.#place.listenerName, error: fault });
  }
}

function namesOf(certificate: X509Certificate): ReadonlySet<string> {
  return new Set((certificate.subjectAltName ?? "").split(", ").filter((name) => name !== ""));
}

/** Enough to see whether something has changed; the key itself is OpenSSL's alone, and not in a dump of the heap. */
interface ShownMaterial {
  readonly certificateChain: string;
  readonly digest: string;
}

function shownOf(material: TlsServerMaterial): ShownMaterial {
  return { certificateChain: material.certificateChain, digest: createHash("sha256").update(JSON.stringify(material)).digest("base64") };
}

function ofListener(listenerName: string, error: unknown): unknown {
  return error instanceof OttlaError
    ? new OttlaError(error.code, `The listener ${listenerName}: ${error.message}`, { cause: error })
    : error;
}
