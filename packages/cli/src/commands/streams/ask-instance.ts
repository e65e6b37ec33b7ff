import { OttlaError } from "@ottla/base";

/** An instance asks its cluster, which may take five seconds. */
const ANSWER_MS = 10_000;

/** Whether an argument is the URL of an instance, and not a name. */
export function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** What an instance answers at a path; throws `INSTANCE_SILENT` where none does, or what does is none. */
export async function askInstance(url: string, path: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(new URL(path, url), { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
    body = await answer.json();
  } catch (error) {
    signal.throwIfAborted();
    throw new OttlaError("INSTANCE_SILENT", `No instance answers at ${url}: ${rootOf(error)}. It has to serve HTTP: app.serve({ port }).`, {
      cause: error,
    });
  }
  if (answer.ok && typeof body === "object" && body !== null) return body as Readonly<Record<string, unknown>>;
  throw noInstance(url, `status ${answer.status}`);
}

/** What answers there is something else. */
export function noInstance(url: string, why: string): OttlaError {
  return new OttlaError("INSTANCE_SILENT", `What answers at ${url} is no instance of a streams application (${why}).`);
}

function rootOf(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root instanceof Error ? root.message : String(root);
}
