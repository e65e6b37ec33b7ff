import { OttlaError, type NetSocket, type TlsClient, type TlsClientMaterial } from "@ottla/base";
import { ClientError } from "../../client-error.ts";
import type { ClientDeps } from "../../deps.ts";
import type { Pem, TlsOptions } from "../security-types.ts";

/** The largest file of certificates or keys that is read. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

interface KeptClient {
  readonly material: string;
  readonly client: TlsClient;
}

/** Encrypts new connections. Its key is in a private field, so that printing it shows none. */
export class ConnectionTls {
  readonly #options: TlsOptions;
  readonly #world: Pick<ClientDeps, "net" | "readFile">;
  /** Of the last connection: what it is made of seldom changes. */
  #kept: KeptClient | undefined;

  constructor(options: TlsOptions, world: Pick<ClientDeps, "net" | "readFile">) {
    this.#options = options;
    this.#world = world;
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

  async #client(): Promise<TlsClient> {
    const material = await this.#material();
    const text = JSON.stringify(material);
    if (this.#kept?.material === text) return this.#kept.client;
    const client = this.#world.net.tlsClient(material);
    this.#kept = { material: text, client };
    return client;
  }

  async #material(): Promise<TlsClientMaterial> {
    const { ca, cert, key, passphrase, caFile, certFile, keyFile, minVersion, maxVersion, cipherSuites } = this.#options;
    const authorities = ca === undefined ? [] : isList(ca) ? ca.map(textOf) : [textOf(ca)];
    return {
      certificateChain: certFile === undefined ? cert && textOf(cert) : await this.#read("certFile", certFile),
      privateKey: keyFile === undefined ? key && textOf(key) : await this.#read("keyFile", keyFile),
      passphrase,
      trustedCertificates: caFile === undefined ? authorities : [await this.#read("caFile", caFile)],
      minVersion: minVersion ?? "TLSv1.2",
      maxVersion: maxVersion ?? "TLSv1.3",
      cipherSuites: cipherSuites ?? [],
    };
  }

  async #read(option: string, path: string): Promise<string> {
    let bytes: Buffer;
    try {
      bytes = await this.#world.readFile(path, FILE_BYTES_MAX);
    } catch (cause) {
      const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
      throw new ClientError("TLS_FAILED", `${path} (tls.${option}) cannot be read (${reason}); check the path and its permissions.`, {
        cause,
      });
    }
    const text = bytes.toString("latin1");
    if (!text.includes("-----BEGIN "))
      throw new ClientError("TLS_FAILED", `${path} (tls.${option}) is no PEM file; there is no "-----BEGIN …-----" in it.`);
    return text;
  }
}

function isList(ca: Pem | readonly Pem[]): ca is readonly Pem[] {
  return Array.isArray(ca);
}

/** A value from a line of a properties file may have its line ends as `\n`. */
function textOf(pem: Pem): string {
  return (typeof pem === "string" ? pem : Buffer.from(pem).toString("latin1")).replaceAll("\\n", "\n");
}
