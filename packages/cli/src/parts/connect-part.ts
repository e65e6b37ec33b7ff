import { isMainThread } from "node:worker_threads";
import { boundYoungGeneration, OpenPort } from "@ottla/base/node";
import type { ConnectService } from "./connect-service.ts";
import type { Part, PartContext, StartedPart } from "./part.ts";

/** Of a worker that has the main thread, while its code is loaded too: it answers requests and follows three topics. */
const YOUNG_BYTES = 2 * 1024 * 1024;

/**
 * A Connect worker as a part, on a thread of its own. It accepts connections at once; what it works with is loaded with the first request, or when there are connectors from before. Settings: `bootstrap`, the cluster, where no part was started
 * before that is one; `commandConfig`, a properties file to log in with; `propertiesFile`, the worker's own; `pluginFolder`; `groupId`; `flushIntervalMs`; `authority`, `host:port` where it is found, and `advertised`, where other workers find it; `host`, where to listen instead of where the others do;
 * `isSecure`, whether it is served by HTTPS; `usersFile`, who may log in; `certificateFile`, `keyFile`, `caFile`; `auditFile`, `auditRequired`, `auditMaxBytes`, `auditKeptFiles`; `relaySecret`, of the door before it.
 */
export const part: Part = { name: "connect", start: (context) => new ConnectPart(context) };

class ConnectPart implements StartedPart {
  readonly ready: Promise<{ readonly address: string }>;
  readonly #opened: Promise<OpenPort>;
  readonly #stopping = new AbortController();
  readonly #service: Promise<ConnectService | undefined>;

  constructor(context: PartContext) {
    const { settings, port } = context;
    const host = typeof settings["host"] === "string" && settings["relaySecret"] === undefined ? settings["host"] : context.host;
    const scheme = settings["isSecure"] === true ? "https" : "http";
    this.#opened = OpenPort.open({ what: "Connect", host, port });
    this.ready = this.#opened.then(({ authority }) => ({ address: `${scheme}://${authority}` }));
    this.#service = this.#opened.then((opened) => this.#serve(context, opened)).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const service = await this.#service;
    if (service !== undefined) return service.stop();
    await (await this.#opened.catch(() => undefined))?.close();
  }

  async #serve(context: PartContext, opened: OpenPort): Promise<ConnectService | undefined> {
    try {
      if (isMainThread) boundYoungGeneration(YOUNG_BYTES);
      const { ConnectService: Service } = await import("./connect-service.ts");
      if (this.#stopping.signal.aborted) return undefined;
      return await Service.start(context, opened);
    } catch (error) {
      if (!this.#stopping.signal.aborted) context.logger.error("Connect cannot be served, and its port is closed.", { error });
      await opened.close();
      return undefined;
    }
  }
}
