import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { OttlaError, PROMETHEUS_CONTENT_TYPE, prometheusText } from "@ottla/base";
import { inLine, paceServer, ProcessMetrics, systemClock } from "@ottla/base/node";
import type { RunningBroker } from "@ottla/broker";
import type { PartContext, PartReport, StartedPart } from "./part.ts";
import type { PartPlan } from "./part-runner.ts";

/** Scrapers are few; those beyond wait or are refused. */
const CONNECTIONS_MAX = 32;
/** A request must have come by then, and an answer must have been taken. */
const REQUEST_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 60_000;
const STOPPED_HEALTH = { faults: [], waitsFor: ["the broker, which is starting"] };

/**
 * The endpoint for those who watch: `/metrics` in Prometheus's text format, `/health` (200 while nothing is broken for good, else 503) and `/ready` (200 once everything is
 * served). It is there before the broker is, so that a long recovery shows as "not ready". `broker`: undefined until it accepts connections.
 */
export function metricsPlan(port: number, broker: () => Pick<RunningBroker, "metrics" | "health"> | undefined): PartPlan {
  return {
    key: "metrics",
    port: { number: port, isAskedFor: true },
    part: { name: "metrics", start: (context) => new MetricsEndpoint(context, broker) },
  };
}

class MetricsEndpoint implements StartedPart {
  readonly ready: Promise<PartReport>;
  readonly #server: Server;
  readonly #broker: () => Pick<RunningBroker, "metrics" | "health"> | undefined;
  readonly #process = new ProcessMetrics();

  constructor({ host, port }: PartContext, broker: () => Pick<RunningBroker, "metrics" | "health"> | undefined) {
    this.#broker = broker;
    const times = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS };
    this.#server = createServer(
      times,
      inLine((request, response) => this.#serve(request, response)),
    );
    paceServer(this.#server);
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.ready = this.#listen(host, port);
  }

  async stop(): Promise<void> {
    this.#process.stop();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(host: string, port: number): Promise<PartReport> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const isTaken = error.code === "EADDRINUSE";
        reject(
          new OttlaError(isTaken ? "PORT_IN_USE" : "LISTEN_FAILED", `The metrics cannot be served at ${host}:${port}: ${error.message}.`),
        );
      });
      this.#server.listen(port, host, () => {
        const { address, family, port: bound } = this.#server.address() as AddressInfo;
        resolve({ address: `http://${family === "IPv6" ? `[${address}]` : address}:${bound}` });
      });
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    response.setTimeout(ANSWER_TIMEOUT_MS, () => response.destroy());
    const path = (request.url ?? "/").split("?", 1)[0];
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return answer(response, 405, { error: "Only GET is served here." });
    }
    if (path === "/metrics") return void this.#scrape(request, response);
    const { faults, waitsFor } = this.#broker()?.health() ?? STOPPED_HEALTH;
    if (path === "/health")
      return answer(response, faults.length === 0 ? 200 : 503, { status: faults.length === 0 ? "ok" : "failed", faults });
    if (path === "/ready") {
      const isReady = faults.length === 0 && waitsFor.length === 0;
      return answer(response, isReady ? 200 : 503, { status: isReady ? "ready" : "not ready", waitsFor, faults });
    }
    return answer(response, 404, { error: "There are /metrics, /health and /ready here." });
  }

  async #scrape(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      response.writeHead(200, { "Content-Type": PROMETHEUS_CONTENT_TYPE });
      if (request.method === "HEAD") return void response.end();
      const families = [...this.#process.families(), ...(this.#broker()?.metrics(this.#process) ?? [])];
      for await (const piece of prometheusText(systemClock, families)) {
        if (response.destroyed) return;
        if (!response.write(piece)) await drained(response);
      }
      response.end();
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined);
    }
  }
}

/** Resolves when more may be written, or never will be. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const wake = (): void => {
      response.off("drain", wake).off("close", wake);
      resolve();
    };
    response.on("drain", wake).on("close", wake);
  });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}
