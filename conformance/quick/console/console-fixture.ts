import { OpenPort } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { serveConsole, type ServeConsoleOptions } from "@ottla/console";
import { type Kafka, type KafkaOptions, startKafka } from "@ottla/testing";

/** An answer of the console's API. */
export interface ApiAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows what it asked for
  readonly body: any;
}

/** A console over a Kafka of its own. */
export class ConsoleFixture implements AsyncDisposable {
  readonly kafka: Kafka;
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(kafka: Kafka, url: string, close: () => Promise<void>) {
    this.kafka = kafka;
    this.url = url;
    this.#close = close;
  }

  /** `console` may ask for the Kafka first: services stand on it. */
  static async start(
    options: KafkaOptions = {},
    console: Partial<ServeConsoleOptions> | ((kafka: Kafka) => Promise<Partial<ServeConsoleOptions>>) = {},
  ): Promise<ConsoleFixture> {
    const kafka = await startKafka(options);
    const own = typeof console === "function" ? await console(kafka) : console;
    const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
    const disk = new MemoryDisk();
    const server = await serveConsole({
      client: kafka.client(),
      port,
      door: { boundHost: "127.0.0.1", names: [], origins: [] },
      uiFolder: "/there-is-none",
      journals: { disk, folder: "/" },
      ...own,
    });
    return new ConsoleFixture(kafka, server.url, () => server.close());
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.url}/api${path}`, { headers });
    return { status: response.status, body: await response.json() };
  }

  async post(path: string, body: unknown): Promise<ApiAnswer> {
    const response = await fetch(`${this.url}/api${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  /** The events of a stream until it ends. */
  async events(path: string): Promise<readonly { readonly event: string; readonly data: ApiAnswer["body"] }[]> {
    const text = await (await fetch(`${this.url}/api${path}`)).text();
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
    await this.kafka.stop();
  }
}
