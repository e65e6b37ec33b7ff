import { type Logger, readKeyMaterial, type TlsServerMaterial } from "@ottla/base";
import { readRegularFileSync } from "@ottla/base/node";
import { type ConnectUsers, readConnectUsers, readRestSettings, type RestSettings } from "@ottla/connect/access";
import type { ConnectServer, ServeConnectOptions } from "@ottla/connect/worker";
import { readAccessFile, readTlsFiles, type TlsFiles } from "../access-files.ts";
import { auditOf } from "./audit-settings.ts";
import type { PartSettings } from "./part.ts";
import { renewing } from "./watched-files.ts";

const STORE_BYTES_MAX = 4 * 1024 * 1024;

/** Who comes in at a worker's REST API and how, as its settings and properties say it. */
export class ConnectAccess {
  readonly served: Pick<ServeConnectOptions, "users" | "tls" | "trust" | "audit" | "hasAdmin">;
  readonly #settings: PartSettings;
  readonly #rest: RestSettings;

  private constructor(settings: PartSettings, rest: RestSettings, served: ConnectAccess["served"]) {
    this.#settings = settings;
    this.#rest = rest;
    this.served = served;
  }

  static async read(settings: PartSettings, properties: Readonly<Record<string, string>>): Promise<ConnectAccess> {
    const rest = readRestSettings(properties);
    const { usersFile } = settings;
    const users = typeof usersFile === "string" ? readUsers(usersFile) : undefined;
    const tls = await materialOf(settings, rest, users);
    return new ConnectAccess(settings, rest, {
      users,
      tls,
      hasAdmin: rest.hasAdmin,
      ...(tls !== undefined && {
        trust: {
          ...(tls.trustedCertificates.length > 0 && { ca: tls.trustedCertificates.join("") }),
          cert: tls.certificateChain,
          key: tls.privateKey,
          passphrase: tls.passphrase,
        },
      }),
      ...auditOf(settings),
    });
  }

  /** Where other workers find this one, which listens at `authority`. */
  advertised(authority: string): string {
    const { advertised } = this.#settings;
    if (typeof advertised === "string") return advertised;
    const { host, port } = this.#rest.advertised;
    const [, ownHost = "", ownPort = ""] = /^(.*):(\d+)$/.exec(authority) ?? [];
    return `${host ?? ownHost}:${port ?? ownPort}`;
  }

  /** Reads files again when they change. Returns the way to stop. */
  watch(server: ConnectServer, logger: Logger): () => void {
    const { usersFile } = this.#settings;
    const renewTls = async (): Promise<void> => {
      const users = typeof usersFile === "string" ? readUsers(usersFile) : undefined;
      const tls = await materialOf(this.#settings, this.#rest, users);
      if (tls !== undefined) server.renewTls(tls);
    };
    const tlsFiles = this.#tlsFiles();
    const stops = [
      ...(typeof usersFile === "string" ? [renewing("Connect", [usersFile], logger, () => server.renewUsers(readUsers(usersFile)))] : []),
      ...(tlsFiles.length > 0 ? [renewing("Connect", tlsFiles, logger, renewTls)] : []),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #tlsFiles(): readonly string[] {
    const files = tlsFilesOf(this.#settings);
    const named =
      files === undefined
        ? [this.#rest.keys?.keystore.location, this.#rest.keys?.truststore.location]
        : [files.certificate, files.key, files.ca];
    return named.filter((file) => typeof file === "string");
  }
}

function readUsers(file: string): ConnectUsers {
  return readAccessFile(file, "--connect-users", readConnectUsers);
}

function tlsFilesOf({ certificateFile, keyFile, caFile }: PartSettings): TlsFiles | undefined {
  if (typeof certificateFile !== "string" || typeof keyFile !== "string") return undefined;
  return { certificate: certificateFile, key: keyFile, ca: typeof caFile === "string" ? caFile : undefined };
}

/** The options go before the properties. Clients are asked for a certificate where a user logs in by one. */
async function materialOf(
  settings: PartSettings,
  { keys }: RestSettings,
  users: ConnectUsers | undefined,
): Promise<TlsServerMaterial | undefined> {
  const files = tlsFilesOf(settings);
  const hasCertificates = (users?.certificates.size ?? 0) > 0;
  if (files !== undefined) {
    const { cert, key, ca } = readTlsFiles(files, "connect");
    return {
      certificateChain: cert,
      privateKey: key,
      trustedCertificates: ca === undefined ? [] : [ca],
      clientAuth: hasCertificates ? "requested" : "none",
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      cipherSuites: [],
    };
  }
  if (keys === undefined) return undefined;
  const material = await readKeyMaterial(keys, (path) => readRegularFileSync(path, STORE_BYTES_MAX));
  return hasCertificates && material.clientAuth === "none" ? { ...material, clientAuth: "requested" } : material;
}
