import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostNameIn } from "@ottla/base";
import { nodeDisk, OpenPort } from "@ottla/base/node";
import { type Client, clientOptionsFromProperties, createClient } from "@ottla/client";
import { type ConsoleServer, serveConsole } from "@ottla/console";
import { readPropertiesFile } from "../properties-file.ts";
import type { Part, PartContext, PartSettings, StartedPart } from "./part.ts";

/**
 * The console as a part, over the cluster that was started before. It asks the cluster nothing until somebody opens it. Settings: `bootstrap`, the cluster, where no part was started before that is one;
 * `commandConfig`, a properties file to log in with; `readOnly`; `registryUrl` and `connectUrl`, services that were not started before; `entry`, beside which the built pages are; `authority`, `host:port` where it is found.
 */
export const part: Part = { name: "console", start: (context) => new ConsolePart(context) };

const CLIENT_CLOSE_MS = 1_000;

class ConsolePart implements StartedPart {
  readonly ready: Promise<{ readonly address: string }>;
  readonly #opened: Promise<OpenPort>;
  readonly #service: Promise<{ readonly client: Client; readonly server: ConsoleServer } | undefined>;

  constructor(context: PartContext) {
    this.#opened = OpenPort.open({ what: "The console", host: context.host, port: context.port });
    this.ready = this.#opened.then(({ authority }) => ({ address: `http://${authority}` }));
    this.#service = this.#opened.then((opened) => serve(context, opened)).catch(() => undefined);
  }

  async stop(): Promise<void> {
    const service = await this.#service;
    if (service === undefined) return (await this.#opened.catch(() => undefined))?.close();
    await service.server.close();
    await service.client.close({ timeoutMs: CLIENT_CLOSE_MS }).catch(() => {});
  }
}

async function serve({ addresses, settings, logger }: PartContext, port: OpenPort) {
  const commandConfig = text(settings, "commandConfig");
  const login = commandConfig === undefined ? new Map<string, string>() : readPropertiesFile(commandConfig, "commandConfig");
  const client = createClient({
    clientId: "ottla-console",
    ...clientOptionsFromProperties(login),
    bootstrapServers: text(settings, "bootstrap") ?? addresses["bootstrap"] ?? "",
  });
  try {
    const server = await serveConsole({
      client,
      port,
      door: { boundHost: hostNameIn(text(settings, "outerHost") ?? text(settings, "authority") ?? port.authority), names: [], origins: [] },
      uiFolder: fileURLToPath(new URL("../dist/console-ui", settings["entry"] as string)),
      journals: { disk: nodeDisk, folder: journalsFolder() },
      readOnly: settings["readOnly"] === true,
      services: {
        registry: text(settings, "registryUrl") ?? addresses["registry"],
        connect: text(settings, "connectUrl") ?? addresses["connect"],
      },
      logger,
    });
    return { client, server };
  } catch (error) {
    logger.error("The console cannot be served, and its port is closed.", { error });
    await port.close();
    await client.close({ timeoutMs: CLIENT_CLOSE_MS });
    return undefined;
  }
}

/** Of this user, on this machine. */
function journalsFolder(): string {
  const folder = join(tmpdir(), `ottla-console-${userInfo().username}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function text(settings: PartSettings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === "string" ? value : undefined;
}
