import {
  type NetSocket,
  type OpenedStores,
  openKeystore,
  OttlaError,
  type PemParts,
  pemParts,
  type TlsClient,
  type TlsClientMaterial,
} from "@ottla/base";
import { ClientError } from "../../client-error.ts";
import type { ClientDeps } from "../../deps.ts";
import type { Pem, StoreFile, TlsOptions } from "../security-types.ts";

/** The largest file of certificates or keys that is read. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

interface KeptClient {
  readonly material: string;
  readonly client: TlsClient;
}

type World = Pick<ClientDeps, "net" | "readFile" | "logger">;

/** Encrypts new connections. Its key is in a private field, so that printing it shows none. */
export class ConnectionTls {
  readonly #options: TlsOptions;
  readonly #world: World;
  /** Of the last connection: what it is made of seldom changes. */
  #kept: KeptClient | undefined;
  readonly #opened: OpenedStores = new Map();
  #lastFault = "";

  constructor(options: TlsOptions, world: World) {
    this.#options = options;
    this.#world = world;
  }

  get showsCertificate(): boolean {
    const { cert, certFile, keystore } = this.#options;
    return cert !== undefined || certFile !== undefined || keystore !== undefined;
  }

  /**
   * The encrypted connection over a new one, which is closed when this fails. Throws `ClientError` TLS_FAILED where nothing but a change on one side helps, and
   * NO_BROKER_REACHABLE where the broker may only have been starting or stopping.
   */
  async over(socket: NetSocket, host: string, timeoutMs: number, signal: AbortSignal): Promise<NetSocket> {
    try {
      const client = await this.#client();
      const { serverName, verifyHost } = this.#options;
      return await socket.startTls(client, { host: serverName ?? host, verifiesHost: verifyHost ?? true, timeoutMs, signal });
    } catch (cause) {
      socket.destroy();
      if (!(cause instanceof OttlaError) || cause instanceof ClientError) throw cause;
      const isPassing = cause.code === "TLS_PEER_GONE" || cause.code === "TLS_TIMEOUT" || cause.code === "CONNECT_ABORTED";
      throw new ClientError(isPassing ? "NO_BROKER_REACHABLE" : "TLS_FAILED", cause.message, { cause });
    }
  }

  /** Of what the files hold now; of what they held before where that cannot be used: certificate and key are seldom replaced in one moment. */
  async #client(): Promise<TlsClient> {
    try {
      const material = await this.#material();
      const text = JSON.stringify(material);
      if (this.#kept?.material !== text) this.#kept = { material: text, client: this.#world.net.tlsClient(material) };
      this.#lastFault = "";
      return this.#kept.client;
    } catch (cause) {
      if (this.#kept === undefined || !(cause instanceof OttlaError)) throw cause;
      if (cause.message !== this.#lastFault)
        this.#world.logger.warn("certificates or keys that changed cannot be used; the former ones stay in use", { reason: cause.message });
      this.#lastFault = cause.message;
      return this.#kept.client;
    }
  }

  async #material(): Promise<TlsClientMaterial> {
    const { passphrase, minVersion, maxVersion, cipherSuites } = this.#options;
    const [certificateChain, privateKey] = await this.#own();
    return {
      certificateChain,
      privateKey,
      passphrase,
      trustedCertificates: await this.#trusted(),
      minVersion: minVersion ?? "TLSv1.2",
      maxVersion: maxVersion ?? "TLSv1.3",
      cipherSuites: cipherSuites ?? [],
    };
  }

  async #own(): Promise<readonly [certificateChain: string | undefined, privateKey: string | undefined]> {
    const { cert, key, certFile, keyFile, keystore } = this.#options;
    if (keystore !== undefined) {
      const content = await this.#store("keystore", keystore);
      return [chainIn(content, keystore.file), keyIn(content, keystore.file)];
    }
    const chain = certFile === undefined ? cert && textOf(cert) : await this.#text("certFile", certFile);
    const own = keyFile === undefined ? key && textOf(key) : await this.#text("keyFile", keyFile);
    return [
      chain === undefined ? undefined : chainIn(pemParts(chain, certFile ?? "tls.cert"), certFile ?? "tls.cert"),
      own === undefined ? undefined : keyIn(pemParts(own, keyFile ?? "tls.key"), keyFile ?? "tls.key"),
    ];
  }

  async #trusted(): Promise<readonly string[]> {
    const { ca, caFile, truststore } = this.#options;
    if (truststore !== undefined) return [chainIn(await this.#store("truststore", truststore), truststore.file)];
    if (caFile !== undefined) return [chainIn(pemParts(await this.#text("caFile", caFile), caFile), caFile)];
    if (ca === undefined) return [];
    return (isList(ca) ? ca : [ca]).map((each) => chainIn(pemParts(textOf(each), "tls.ca"), "tls.ca"));
  }

  async #store(option: string, { file, password }: StoreFile): Promise<PemParts> {
    return openKeystore(this.#opened, file, await this.#bytes(option, file), password ?? null);
  }

  async #text(option: string, path: string): Promise<string> {
    const text = (await this.#bytes(option, path)).toString("latin1");
    if (!text.includes("-----BEGIN "))
      throw new ClientError("TLS_FAILED", `${path} (tls.${option}) is no PEM file; there is no "-----BEGIN …-----" in it.`);
    return text;
  }

  async #bytes(option: string, path: string): Promise<Buffer> {
    try {
      return await this.#world.readFile(path, FILE_BYTES_MAX);
    } catch (cause) {
      const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
      throw new ClientError("TLS_FAILED", `${path} (tls.${option}) cannot be read (${reason}); check the path and its permissions.`, {
        cause,
      });
    }
  }
}

function isList(ca: Pem | readonly Pem[]): ca is readonly Pem[] {
  return Array.isArray(ca);
}

function textOf(pem: Pem): string {
  return typeof pem === "string" ? pem : Buffer.from(pem).toString("latin1");
}

function chainIn({ certificates }: PemParts, where: string): string {
  if (certificates.length === 0) throw new ClientError("TLS_FAILED", `${where} holds no certificate, or one that is cut off.`);
  return certificates.join("");
}

function keyIn({ privateKey }: PemParts, where: string): string {
  if (privateKey === undefined) throw new ClientError("TLS_FAILED", `${where} holds no private key, or one that is cut off.`);
  return privateKey;
}
