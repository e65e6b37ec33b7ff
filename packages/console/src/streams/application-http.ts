import { OttlaError } from "@ottla/base";
import { boundedText } from "../services/rest-answers.ts";

const TIMEOUT_MS = 3_000;
const BYTES_MAX = 4 * 1024 * 1024;
/** As members of a group tell it: a host and a port, and nothing besides. */
const AUTHORITY = /^(?:[\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]):\d{1,5}$/;

/**
 * Asks an instance of a streams application by HTTP (`app.serve`). `server` is what a member of the group tells, `host:port`; nothing but these paths of it is asked, and no other place that it points to. Errors: `APPLICATION_AWAY`, `APPLICATION_REFUSED`,
 * `NOT_FOUND`.
 */
export async function askApplication<Answer>(server: string, path: `/v1/${string}`): Promise<Answer> {
  if (!AUTHORITY.test(server))
    throw new OttlaError("APPLICATION_AWAY", `An instance says that it is found at "${server.slice(0, 100)}", which is no place.`);
  const [status, text] = await answerOf(server, path);
  const answer = parsed(server, text);
  if (status >= 200 && status < 300) return answer as Answer;
  const { error } = answer as { readonly error?: { readonly message?: unknown } };
  throw new OttlaError(
    status === 404 ? "NOT_FOUND" : "APPLICATION_REFUSED",
    typeof error?.message === "string" ? error.message.slice(0, 2_000) : `The instance at ${server} refused with status ${status}.`,
  );
}

async function answerOf(server: string, path: string): Promise<readonly [status: number, text: string]> {
  try {
    const response = await fetch(`http://${server}${path}`, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return [response.status, await boundedText(response, BYTES_MAX)];
  } catch (cause) {
    throw new OttlaError("APPLICATION_AWAY", `The instance at ${server} does not answer by HTTP; it does where it calls app.serve().`, {
      cause,
    });
  }
}

function parsed(server: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OttlaError("APPLICATION_REFUSED", `What answers at ${server} is no streams application: its answer is no JSON.`, { cause });
  }
}
