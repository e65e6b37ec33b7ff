import assert from "node:assert/strict";
import { OpenPort } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type ConsoleServer, serveConsole, type ServeConsoleOptions } from "@ottla/console";
import { type Kafka, type KafkaOptions, startKafka } from "@ottla/testing";

/** An answer of the console's API. */
export interface ApiAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows what it asked for
  readonly body: any;
  /** What a browser sends back of the cookies that came. */
  readonly cookie: string;
  readonly setCookie: string;
}

/** So many times as often as usual a console of tests looks at its cluster. */
const WATCH_RATE = 5;

/** A console over a Kafka of its own. */
export class ConsoleFixture implements AsyncDisposable {
  readonly kafka: Kafka;
  readonly url: string;
  readonly server: ConsoleServer;
  readonly disk: MemoryDisk;
  readonly #close: () => Promise<void>;

  private constructor(kafka: Kafka, server: ConsoleServer, disk: MemoryDisk, isOwner: boolean) {
    this.kafka = kafka;
    this.url = server.url;
    this.server = server;
    this.disk = disk;
    this.#close = async () => {
      await server.close();
      if (isOwner) await kafka.stop();
    };
  }

  /** `console` may ask for the Kafka first: services stand on it. */
  static async start(
    options: KafkaOptions = {},
    console: Partial<ServeConsoleOptions> | ((kafka: Kafka) => Promise<Partial<ServeConsoleOptions>>) = {},
  ): Promise<ConsoleFixture> {
    const kafka = await startKafka(options);
    const own = typeof console === "function" ? await console(kafka) : console;
    return ConsoleFixture.#over(kafka, new MemoryDisk(), own, true);
  }

  /** Another console over the same Kafka and the same disk; the Kafka goes with the first one. */
  besides(): Promise<ConsoleFixture> {
    return ConsoleFixture.#over(this.kafka, this.disk, {}, false);
  }

  static async #over(kafka: Kafka, disk: MemoryDisk, own: Partial<ServeConsoleOptions>, isOwner: boolean): Promise<ConsoleFixture> {
    const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
    const server = await serveConsole({
      client: kafka.client(),
      port,
      door: { boundHost: "127.0.0.1", names: [], origins: [] },
      uiFolder: "/there-is-none",
      journals: { disk, folder: "/" },
      disk,
      watchRate: WATCH_RATE,
      ...own,
    });
    return new ConsoleFixture(kafka, server, disk, isOwner);
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return answerOf(await fetch(`${this.url}/api${path}`, { headers }));
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.url}/api${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return answerOf(response);
  }

  /** Logs in as a browser does, and gives what it sends from then on. */
  async loggedIn(name: string, password: string): Promise<Readonly<Record<string, string>>> {
    const { status, cookie } = await this.post("/login", { name, password });
    assert.equal(status, 200, `${name} logs in`);
    return { cookie, "x-ottla-console": "1" };
  }

  /** The events of a stream until it ends. */
  async events(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<readonly { readonly event: string; readonly data: ApiAnswer["body"] }[]> {
    const text = await (await fetch(`${this.url}/api${path}`, { headers })).text();
    return text
      .split("\n\n")
      .filter(Boolean)
      .map((block) => ({
        event: /^event: (.*)$/m.exec(block)?.[1] ?? "",
        data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "null"),
      }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

async function answerOf(response: Response): Promise<ApiAnswer> {
  const setCookie = response.headers.get("set-cookie") ?? "";
  return { status: response.status, body: await response.json(), cookie: setCookie.split(";")[0] ?? "", setCookie };
}
