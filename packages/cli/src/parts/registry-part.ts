import { isMainThread } from "node:worker_threads";
import { OpenPort } from "@ottla/base/node";
import type { Part, PartContext, StartedPart } from "./part.ts";
import type { RegistryService } from "./registry-service.ts";

/**
 * The Schema Registry as a part, over the broker that was started before. It accepts connections at once; its topic is read behind that, and answers wait for it. A topic that does not
 * suit, or a cluster that refuses it, is told in every answer until it is mended. Settings: `bootstrap`, the cluster, where no part was started before that is one; `commandConfig`, a properties file to log in with; `host`, where to listen instead of where the others do; `usersFile`,
 * `certificateFile`, `keyFile`, `caFile`, which are read again when they change; `url`, where other instances find it; `createsTopic`, whether the topic is made at the start; `entry`, the script by which a thread for large schemas is made.
 */
export const part: Part = { name: "registry", start: (context) => new RegistryPart(context) };

const load = () => import("./registry-service.ts");
// On a thread of its own it is loaded while the parts before it start; the main thread knows of every part and runs few. Whoever waits for it hears of a failure.
if (!isMainThread) load().catch(() => {});

class RegistryPart implements StartedPart {
  readonly ready: Promise<{ readonly address: string }>;
  readonly #opened: Promise<OpenPort>;
  readonly #stopping = new AbortController();
  readonly #service: Promise<RegistryService | undefined>;
  #hasBegun = false;

  constructor(context: PartContext) {
    const { host, port, settings } = context;
    load().catch(() => {});
    this.#opened = OpenPort.open({ what: "The registry", host: typeof settings["host"] === "string" ? settings["host"] : host, port });
    this.ready = this.#opened.then(({ authority }) => ({
      address: `${settings["certificateFile"] === undefined ? "http" : "https"}://${authority}`,
    }));
    this.#service = this.#opened.then((opened) => this.#serve(context, opened)).catch(() => undefined);
  }

  async stop(): Promise<void> {
    // One that has begun lets its requests end first.
    if (!this.#hasBegun) this.#stopping.abort();
    const service = await this.#service;
    if (service !== undefined) return service.stop();
    await (await this.#opened.catch(() => undefined))?.close();
  }

  async #serve(context: PartContext, opened: OpenPort): Promise<RegistryService | undefined> {
    try {
      // What is ready is told first: the turn in which it begins is a long one.
      await new Promise(setImmediate);
      const { RegistryService } = await load();
      if (this.#stopping.signal.aborted) return undefined;
      const service = await RegistryService.start(context, opened, this.#stopping.signal);
      this.#hasBegun = true;
      return service;
    } catch (error) {
      if (!this.#stopping.signal.aborted) context.logger.error("The registry cannot be served, and its port is closed.", { error });
      await opened.close();
      return undefined;
    }
  }
}
