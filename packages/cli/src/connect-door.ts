import { resolve } from "node:path";
import { OttlaError, readKeyMaterial } from "@ottla/base";
import { nodeNet, readRegularFileSync } from "@ottla/base/node";
import type { RestSettings } from "@ottla/connect/access";
import { auditSettingsOf } from "./action-audit-options.ts";
import { type CommandContext, UsageError } from "./command.ts";
import type { PartSettings } from "./parts/part.ts";
import { readPropertiesFile } from "./properties-file.ts";

/** Connect's door, as options and the worker's properties say it. */
export interface ConnectDoorWish {
  readonly isSecure: boolean;
  /** Undefined where nobody logs in. */
  readonly hasUsers: boolean;
  /** Where the worker's properties say to listen. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly settings: PartSettings;
}

/** Of a store of keys and certificates. */
const STORE_BYTES_MAX = 4 * 1024 * 1024;
const NAMES = ["users", "certificate", "key", "ca"] as const;

/**
 * What the options say of Connect's door, then what `otherwise` does, then the worker's properties; files are looked at, so that what is wrong with them ends the start. Throws {@link UsageError}.
 */
export async function connectDoor(context: CommandContext, otherwise: PartSettings = {}): Promise<ConnectDoorWish> {
  const { options } = context;
  const [users, certificate, key, ca] = NAMES.map((name) => {
    const file = options.text(`connect-${name}`);
    return file === undefined ? undefined : resolve(file);
  });
  const url = options.text("connect-url");
  if ((certificate === undefined) !== (key === undefined))
    throw new UsageError("--connect-certificate and --connect-key belong together; give both.");
  if (url !== undefined && !(/^https?:$/.test(URL.parse(url)?.protocol ?? "") && new URL(url).pathname === "/"))
    throw new UsageError("--connect-url is an address without a path, such as https://connect-1.example:8083.");
  const settings: PartSettings = {
    ...otherwise,
    ...(users !== undefined && { usersFile: users }),
    ...(certificate !== undefined && { certificateFile: certificate, keyFile: key }),
    ...(ca !== undefined && { caFile: ca }),
    ...(url !== undefined && { advertised: new URL(url).host }),
    ...auditSettingsOf(context, "connect"),
  };
  await requireReadable(settings);
  const rest = await restSettingsOf(options.text("connect-config"), settings["usersFile"] !== undefined);
  const isSecure = settings["certificateFile"] !== undefined || rest?.keys !== undefined;
  if (ca !== undefined && !isSecure)
    throw new UsageError("--connect-ca is for a Connect that is served by HTTPS; give --connect-certificate and --connect-key as well.");
  return {
    isSecure,
    hasUsers: settings["usersFile"] !== undefined,
    host: rest?.listener === undefined ? undefined : rest.listener.host === "" ? "0.0.0.0" : rest.listener.host,
    port: rest?.listener?.port,
    settings,
  };
}

async function requireReadable({ usersFile, certificateFile, keyFile, caFile }: PartSettings): Promise<void> {
  if (typeof usersFile !== "string" && typeof certificateFile !== "string") return;
  const [{ readAccessFile, readTlsFiles }, { readConnectUsers }] = await Promise.all([
    import("./access-files.ts"),
    import("@ottla/connect/access"),
  ]);
  if (typeof usersFile === "string") readAccessFile(usersFile, "--connect-users", readConnectUsers);
  if (typeof certificateFile === "string" && typeof keyFile === "string")
    readTlsFiles({ certificate: certificateFile, key: keyFile, ca: typeof caFile === "string" ? caFile : undefined }, "connect");
}

/** Undefined where the worker has no properties of its own. */
async function restSettingsOf(file: string | undefined, hasUsers: boolean): Promise<RestSettings | undefined> {
  if (file === undefined) return undefined;
  const { readRestSettings } = await import("@ottla/connect/access");
  try {
    const rest = readRestSettings(Object.fromEntries(readPropertiesFile(file, "--connect-config")));
    if (rest.needsUsers && !hasUsers)
      throw new UsageError(
        `${file}: rest.extension.classes asks for logins, and the JAAS file of Apache's workers is not read; name who may log in by --connect-users FILE, with hashes of "ottla connect password".`,
      );
    if (rest.keys !== undefined) nodeNet.tlsServer(await readKeyMaterial(rest.keys, (path) => readRegularFileSync(path, STORE_BYTES_MAX)));
    return rest;
  } catch (error) {
    if (error instanceof OttlaError && !(error instanceof UsageError)) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
