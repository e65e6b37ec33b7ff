import { type Clock, type DoorRules, hostNameIn, strangerReason } from "@ottla/base";
import { firstAnswers, isVisit } from "./first-answers.ts";
import { firstFrame } from "./first-frame.ts";
import type { Rooms } from "./navigation.ts";
import { dataBlock, type UiFiles } from "./ui-files.ts";

/** Who answers what. */
interface Answerers {
  readonly api: { fetch(request: Request, env: object): Response | Promise<Response> };
  /** The way to an identity provider and back. */
  readonly pages: { fetch(request: Request, env: object): Response | Promise<Response> };
  readonly ui: UiFiles;
  readonly door: DoorRules;
  readonly clock: Clock;
  /** How many looks at the cluster there were. */
  readonly looks: () => number;
  readonly rooms: () => Rooms;
}

/** The answer to each request: of strangers none, of pages of other sites none from the API. */
export function consoleAnswers({
  api,
  pages,
  ui,
  door,
  clock,
  looks,
  rooms,
}: Answerers): (request: Request, env: object) => Response | Promise<Response> {
  return (request, env) => {
    const { pathname } = new URL(request.url);
    const isApi = pathname.startsWith("/api/");
    // Links of other sites may lead to a page.
    const headers = isApi ? request.headers : new Headers({ host: request.headers.get("host") ?? "" });
    const reason = strangerReason(headers, door);
    if (reason !== undefined) return Response.json({ code: "STRANGER", message: reason }, { status: 403 });
    if (isApi) return api.fetch(request, env);
    if (request.method !== "GET" && request.method !== "HEAD")
      return Response.json({ code: "NOT_FOUND", message: "Pages are only read." }, { status: 405 });
    if (pathname.startsWith("/login/oidc")) return pages.fetch(request, env);
    if (!isVisit(request)) return ui.answer(request);
    // Counted before: a look meanwhile is told of once more, rather than never.
    const seen = looks();
    return ui.answer(request, async () => {
      const { isOpen, all } = await firstAnswers(api, request, env, clock);
      return {
        frame: isOpen ? firstFrame(rooms(), pathname) : "",
        data: async () => {
          // What was given is written in a turn of its own: the work of the answers would hold it up.
          await new Promise<void>((resolve) => clock.nextTurn(resolve));
          return dataBlock("first-answers", { looks: seen, answers: await all() });
        },
      };
    });
  };
}

/** Beside the rules of where it listens those of where browsers reach it. */
export function doorOf(door: DoorRules, publicUrl: string | undefined, hasLogins: boolean): DoorRules {
  const outer = publicUrl === undefined ? undefined : new URL(publicUrl);
  return {
    ...door,
    names: [...door.names, ...(outer === undefined ? [] : [hostNameIn(outer.host)])],
    origins: [...door.origins, ...(outer === undefined ? [] : [outer.origin])],
    anyName: hasLogins,
  };
}
