import { type Logger, printable } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { refusal, unsettledState } from "./answers.ts";
import { CLAIM_HEADER, type Forward, ForwardError, OFFSET_HEADER } from "./forward-request.ts";

/** What requests to write are led by. */
export interface LedApiOptions {
  readonly registry: Registry;
  /** Carries a request out here. */
  readonly answer: (request: Request) => Response | Promise<Response>;
  /** Brings a request to another instance. */
  readonly forward: Forward;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
}

/** Answers requests, and may be asked the same one again. */
export type LedApi = (request: Request, body?: Uint8Array<ArrayBuffer>) => Promise<Response>;

/** As many instances may fall out, or be quicker, while a request is there. */
const MAX_STEPS = 6;
/** No other step is begun after this. */
const STEPS_MS = 20_000;
/** How long what the leader has written may take to come here. */
const READ_BACK_MS = 10_000;

/**
 * The API of one of several instances: what only reads is answered here; what changes something is carried out by the instance that leads, and answered when it is known here, too. A request that was forwarded
 * is not forwarded again. When the leader cannot be reached, this instance becomes it. The second argument is the request's body for who has read it already.
 */
export function ledApi(options: LedApiOptions): LedApi {
  const { registry, answer } = options;
  return async (request, known) => {
    if (!changesSomething(request)) return answer(request);
    const body = known ?? (await bodyOf(request, options.maxBodyBytes));
    const again = (): Request =>
      new Request(request.url, { method: request.method, headers: request.headers, ...(body.length > 0 && { body }) });
    const claim = request.headers.get(CLAIM_HEADER);
    if (claim === null) return led(options, request, body, again);
    const response = registry.isLeadingAs(claim) ? await answer(again()) : refusal(notLeading());
    response.headers.set(OFFSET_HEADER, String(registry.offset));
    return response;
  };
}

async function led(
  { registry, answer, forward, logger }: LedApiOptions,
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  again: () => Request,
): Promise<Response> {
  const distrusted = new Set<string>();
  let isForwarded = false;
  const until = systemClock.monotonicMs() + STEPS_MS;
  for (let steps = 0; steps < MAX_STEPS && systemClock.monotonicMs() < until; steps++) {
    const response = await answer(again());
    if (unsettledState(response) !== "not-leading") return response;
    try {
      const step = registry.stepToWrite(distrusted);
      if (step.kind === "carryOut") continue;
      if (step.kind === "claim") {
        // What it did before it fell silent may hold: a deletion that is repeated would answer that there is nothing to delete.
        if (isForwarded && request.method === "DELETE") return refusal(lost());
        await registry.lead();
        continue;
      }
      const { claim } = step;
      const answered = await forward(claim, { method: request.method, path: pathOf(request.url), headers: request.headers, body });
      const state = unsettledState(answered);
      if (state !== undefined) {
        await registry.readToEnd();
        // Unless another claim came meanwhile, nobody leads that can carry it out.
        distrusted.add(claim.id);
        isForwarded ||= state === "unknown";
        continue;
      }
      const offset = Number(answered.headers.get(OFFSET_HEADER) ?? -1);
      await registry.readUpTo(offset, READ_BACK_MS);
      return answered;
    } catch (error) {
      if (error instanceof ForwardError) {
        logger.info("The registry that leads cannot be reached; this one takes over.", {
          url: printable(error.claim.url),
          error: printable(error.message),
        });
        distrusted.add(error.claim.id);
        isForwarded ||= error.isSent;
        continue;
      }
      if (!(error instanceof RegistryError)) throw error;
      if (error.code !== "REGISTRY_NOT_LEADING") return refusal(error);
    }
  }
  return refusal(notLeading());
}

/** Registrations, tags, settings and deletions; look-ups and questions of compatibility only read, although they are posted. */
export function changesSomething({ method, url }: Request): boolean {
  if (method === "PUT" || method === "DELETE") return true;
  return method === "POST" && /^\/subjects\/[^/]+\/versions(\/[^/]+\/tags)?$/.test(new URL(url).pathname);
}

/** One byte more than is allowed is enough to see that it is too much. */
export async function bodyOf(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of request.body ?? []) {
    pieces.push(piece as Uint8Array);
    bytes += (piece as Uint8Array).length;
    if (bytes > maxBytes) break;
  }
  return Uint8Array.from(Buffer.concat(pieces));
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function notLeading(): RegistryError {
  return new RegistryError("REGISTRY_NOT_LEADING", "No instance of the registry leads for now; send the request again.");
}

function lost(): RegistryError {
  const message =
    "The request was forwarded to the instance that led, and its answer was lost, so that the outcome is unknown: what was to be deleted may be deleted. Look (GET the subject's versions, with ?deleted=true for what a soft delete leaves), and send it again if it is still there.";
  return new RegistryError("REGISTRY_FORWARDING_FAILED", message);
}
