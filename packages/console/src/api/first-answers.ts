import type { Clock } from "@ottla/base";
import { firstQuestions } from "./first-questions.ts";

/** Who answers questions of the API. */
interface ApiAnswers {
  fetch(request: Request, env: object): Response | Promise<Response>;
}

/** A page waits so long for its answers; what is not there by then its scripts ask for. They are loaded meanwhile. */
const WITHIN_MS = 100;
/** Longer ones are asked for. */
const ANSWER_CHARS_MAX = 512 * 1024;
/** What is told of who asks. A login by a header is looked at once, by the API. */
const TOLD = ["cookie", "host"] as const;

/** Whether the request is for a page that is to be shown: not one of a script, nor of an element of another page. */
export function isVisit({ method, headers }: Request): boolean {
  return method === "GET" && headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
}

/** What a page is given before its scripts run. */
export interface FirstAnswers {
  /** Whether pages are shown to who asks. */
  readonly isOpen: boolean;
  /** Has the answers made that a page asks for first, and gives them by their questions' names. Never rejects. */
  readonly all: () => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * What a page asks for first, as the API answers it to whoever asks for the page. None where nobody is logged in who has to be: a browser does not show who comes from another site's link, but tells it to the scripts. Never rejects.
 */
export async function firstAnswers(api: ApiAnswers, request: Request, env: object, clock: Clock): Promise<FirstAnswers> {
  const headers = new Headers();
  for (const name of TOLD) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const [session = "", ...others] = firstQuestions(new URL(request.url));
  const answerTo = async (question: string): Promise<unknown> => {
    const answer = await api.fetch(new Request(new URL(question, request.url), { headers }), env);
    if (!answer.ok) return undefined;
    const text = await answer.text();
    return text.length > ANSWER_CHARS_MAX ? undefined : (JSON.parse(text) as unknown);
  };
  const answers: Record<string, unknown> = {};
  const take = async (question: string): Promise<void> => {
    const answer = await answerTo(question).catch(() => undefined);
    if (answer !== undefined) answers[question] = answer;
  };
  await take(session);
  if (!(answers[session] as { readonly user?: unknown } | undefined)?.user) return { isOpen: false, all: async () => ({}) };
  const all = async (): Promise<Readonly<Record<string, unknown>>> => {
    const late = Promise.withResolvers<void>();
    const timer = clock.schedule(WITHIN_MS, late.resolve);
    await Promise.race([Promise.all(others.map(take)), late.promise]);
    timer.cancel();
    // What comes later is not among them.
    return { ...answers };
  };
  return { isOpen: true, all };
}
