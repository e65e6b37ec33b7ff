import { lstatSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostNameIn } from "@ottla/base";
import { nodeDisk, OpenPort, RelayedClients } from "@ottla/base/node";
import { type Client, clientOptionsFromProperties, createClient } from "@ottla/client";
import {
  type ConsoleServer,
  type ConsoleUsers,
  type MaskingRules,
  readConsoleUsers,
  readMaskingRules,
  serveConsole,
  type ServeConsoleOptions,
  processExaminer,
} from "@ottla/console";
import { readAccessFile, readText, readTlsFiles } from "../access-files.ts";
import { readPropertiesFile } from "../properties-file.ts";
import { auditOf } from "./audit-settings.ts";
import { renewing } from "./watched-files.ts";
import type { Part, PartContext, PartSettings, StartedPart } from "./part.ts";

/**
 * The console as a part, over the cluster that was started before. It asks the cluster nothing until somebody opens it. Settings: `bootstrap`, the cluster, where no part was started before that is one;
 * `commandConfig`, a properties file to log in with; `readOnly`; `registryUrl` and `connectUrl`, services that were not started before; `connectUser`, `connectPassword`, `connectCaFile`, how it comes in at Connect; `usersFile`, who may log in; `maskingFile`, what is hidden in records; `certificateFile`, `keyFile`, for HTTPS; `url`, where browsers reach it; `auditFile`, `auditTopic`,
 * `auditRequired`, `auditMaxBytes`, `auditKeptFiles`; `entry`, beside which the built pages are; `authority`, `host:port` where it is found; `relaySecret`, of the door before it.
 */
export const part: Part = { name: "console", start: (context) => new ConsolePart(context) };

const CLIENT_CLOSE_MS = 1_000;

class ConsolePart implements StartedPart {
  readonly ready: Promise<{ readonly address: string }>;
  readonly #opened: Promise<OpenPort>;
  readonly #service: Promise<{ readonly client: Client; readonly server: ConsoleServer; unwatch(): void } | undefined>;

  constructor(context: PartContext) {
    this.#opened = OpenPort.open({ what: "The console", host: context.host, port: context.port });
    const scheme = context.settings["certificateFile"] === undefined ? "http" : "https";
    this.ready = this.#opened.then(({ authority }) => ({ address: `${scheme}://${authority}` }));
    this.#service = this.#opened.then((opened) => serve(context, opened)).catch(() => undefined);
  }

  async stop(): Promise<void> {
    const service = await this.#service;
    if (service === undefined) return (await this.#opened.catch(() => undefined))?.close();
    service.unwatch();
    await service.server.close();
    await service.client.close({ timeoutMs: CLIENT_CLOSE_MS }).catch(() => {});
  }
}

async function serve({ addresses, settings, logger }: PartContext, port: OpenPort) {
  const commandConfig = text(settings, "commandConfig");
  const login = commandConfig === undefined ? new Map<string, string>() : readPropertiesFile(commandConfig, "commandConfig");
  const bootstrapServers = text(settings, "bootstrap") ?? addresses["bootstrap"] ?? "";
  const client = createClient({ clientId: "ottla-console", ...clientOptionsFromProperties(login), bootstrapServers });
  try {
    const [usersFile, maskingFile] = [text(settings, "usersFile"), text(settings, "maskingFile")];
    const [certificate, key] = [text(settings, "certificateFile"), text(settings, "keyFile")];
    const tlsFiles = certificate === undefined || key === undefined ? undefined : { certificate, key };
    const [url, secret] = [text(settings, "url"), text(settings, "relaySecret")];
    const server = await serveConsole({
      client,
      port,
      door: { boundHost: hostNameIn(text(settings, "outerHost") ?? text(settings, "authority") ?? port.authority), names: [], origins: [] },
      uiFolder: fileURLToPath(new URL("../dist/console-ui", settings["entry"] as string)),
      examiner: processExaminer({ entry: new URL(settings["entry"] as string), bootstrapServers, login }),
      journals: { disk: nodeDisk, folder: journalsFolder() },
      readOnly: settings["readOnly"] === true,
      ...(usersFile !== undefined && { users: readUsers(usersFile) }),
      ...(maskingFile !== undefined && { masking: readRules(maskingFile) }),
      ...(tlsFiles !== undefined && { tls: readTlsFiles(tlsFiles, "console") }),
      ...(url !== undefined && { publicUrl: url }),
      ...auditOf(settings),
      ...(secret !== undefined && { relayed: new RelayedClients(secret) }),
      services: {
        registry: text(settings, "registryUrl") ?? addresses["registry"],
        connect: text(settings, "connectUrl") ?? addresses["connect"],
      },
      connectAccess: connectAccess(settings),
      logger,
    });
    const unwatch = [
      ...(usersFile === undefined ? [] : [renewing("console", [usersFile], logger, () => server.renewUsers(readUsers(usersFile)))]),
      ...(maskingFile === undefined ? [] : [renewing("console", [maskingFile], logger, () => server.renewMasking(readRules(maskingFile)))]),
      ...(tlsFiles === undefined
        ? []
        : [renewing("console", [tlsFiles.certificate, tlsFiles.key], logger, () => server.renewTls(readTlsFiles(tlsFiles, "console")))]),
    ];
    return { client, server, unwatch: () => unwatch.forEach((stop) => stop()) };
  } catch (error) {
    logger.error("The console cannot be served, and its port is closed.", { error });
    await port.close();
    await client.close({ timeoutMs: CLIENT_CLOSE_MS });
    return undefined;
  }
}

function connectAccess(settings: PartSettings): NonNullable<ServeConsoleOptions["connectAccess"]> {
  const [user, password, ca] = ["connectUser", "connectPassword", "connectCaFile"].map((name) => text(settings, name));
  return {
    ...(user !== undefined && password !== undefined && { login: { user, password } }),
    ...(ca !== undefined && { tls: { ca: readText(ca, "--console-connect-ca") } }),
  };
}

function readUsers(file: string): ConsoleUsers {
  return readAccessFile(file, "--console-users", readConsoleUsers);
}

function readRules(file: string): MaskingRules {
  return readAccessFile(file, "--console-masking", readMaskingRules);
}

/** Of this user, on this machine. Plans are read from it again: where others may write into it, it is one for this process alone. */
function journalsFolder(): string {
  const folder = join(tmpdir(), `ottla-console-${userInfo().username}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = lstatSync(folder);
  const isOwn = process.getuid === undefined || (place.isDirectory() && place.uid === process.getuid() && (place.mode & 0o022) === 0);
  return isOwn ? folder : mkdtempSync(`${folder}-`);
}

function text(settings: PartSettings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === "string" ? value : undefined;
}
