import { Agent, request } from "node:http";

/** What a registry answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Clients of a registry with connections that stay open. */
export class Load {
  readonly #base: URL;
  readonly #agent: Agent;

  constructor(url: string, connections: number) {
    this.#base = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  get(path: string): Promise<Answer> {
    return this.#ask("GET", path, undefined);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.#ask("POST", path, JSON.stringify(body));
  }

  /** Asks `count` times, so many at once; resolves with answers per second. An answer other than 200 ends it. */
  async rate(count: number, atOnce: number, ask: (index: number) => Promise<Answer>): Promise<number> {
    let next = 0;
    const startedAt = performance.now();
    const client = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) {
        const { status, body } = await ask(index);
        if (status !== 200) throw new Error(`The registry answered ${status}: ${body.slice(0, 200)}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, client));
    return count / ((performance.now() - startedAt) / 1_000);
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, body: string | undefined): Promise<Answer> {
    const headers =
      body === undefined ? {} : { "content-type": "application/vnd.schemaregistry.v1+json", "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const asked = request({ host: this.#base.hostname, port: this.#base.port, agent: this.#agent, method, path, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      asked.once("error", reject);
      asked.end(body);
    });
  }
}
