import { type Api, decodeResponse, encodeRequest } from "@ottla/protocol";
import { Wire } from "../../../tools/sweep/wire.ts";

const ANSWER_TIMEOUT_MS = 60_000;

/** An answer, or what came in its place. */
export type Answer<Response> = Response | "closed" | "silent";

/** The versions that a cluster takes, by key. */
export type VersionRanges = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** Raw protocol with one broker over named connections: what waits on one does not hold up the others. */
export class ClusterLink {
  readonly #host: string;
  readonly #port: number;
  readonly #wires = new Map<string, Wire>();
  #correlationId = 0;

  constructor(bootstrap: string) {
    const [host = "", port = ""] = bootstrap.split(",")[0]!.split(":");
    this.#host = host;
    this.#port = Number(port);
  }

  async ask<Request, Response>(
    api: Api<Request, Response>,
    version: number,
    request: Request,
    connection = "main",
  ): Promise<Answer<Response>> {
    let wire = this.#wires.get(connection);
    if (wire?.isOpen !== true) this.#wires.set(connection, (wire = await Wire.open(this.#host, this.#port)));
    const answer = await wire.ask(encodeRequest(api, version, ++this.#correlationId, "script", request), ANSWER_TIMEOUT_MS);
    return answer.kind === "frame" ? decodeResponse(api, version, answer.frame) : answer.kind;
  }

  /** Closes all connections, or those whose name starts with `prefix`. */
  close(prefix = ""): void {
    for (const [name, wire] of this.#wires) {
      if (!name.startsWith(prefix)) continue;
      wire.close();
      this.#wires.delete(name);
    }
  }
}
