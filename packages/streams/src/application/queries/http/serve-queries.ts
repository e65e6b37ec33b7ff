import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Clock, Logger } from "@ottla/base";
import { inLine, OpenPort, paceServer } from "@ottla/base/node";
import { shown } from "../../../known-options.ts";
import { StreamsError } from "../../../streams-error.ts";
import type { ApplicationObserver } from "../../observe/application-observer.ts";
import type { ApplicationQueries } from "../application-queries.ts";
import type { KeyReader } from "./json-values.ts";
import { OpenStreams } from "./open-streams.ts";
import { queryApi } from "./query-api.ts";

/** Where and how an instance answers questions by HTTP. */
export interface ServeOptions {
  /** Default: any that is free. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: nobody outside this machine. There is no login: whoever reaches it may read all stores. */
  readonly host?: string | undefined;
  /** Further names by which it may be reached, as in a Host header. */
  readonly hosts?: readonly string[] | undefined;
  /** Pages of these origins may read: `https://ops.example`. Default none. */
  readonly origins?: readonly string[] | undefined;
  /** By store: how a key is read from an URL, where its serde does not say it. */
  readonly keys?: Readonly<Record<string, KeyReader>> | undefined;
  /** Streams that are open at the same time: ranges as lines, live views. Default 64; further ones are answered 503. */
  readonly streamsMax?: number | undefined;
}

/** An instance that answers. */
export interface QueryServer extends AsyncDisposable {
  /** `http://127.0.0.1:7070` */
  readonly url: string;
  /** `127.0.0.1:7070` */
  readonly authority: string;
  /** Ends streams, lets other answers end for a second, and closes connections. */
  close(): Promise<void>;
}

const STREAMS_MAX = 64;
const CLOSE_GRACE_MS = 1_000;
const IDLE_LOOK_MS = 10;
/** Who sends slower than this is not waited for. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 1_000;

/** Serves an instance's stores. Errors: `PORT_IN_USE`, `LISTEN_FAILED`, `STREAMS_BAD_ARGUMENT`. */
export async function serveQueries(
  queries: ApplicationQueries,
  observer: ApplicationObserver,
  { port = 0, host = "127.0.0.1", hosts = [], origins = [], keys = {}, streamsMax = STREAMS_MAX }: ServeOptions,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<QueryServer> {
  if (!Number.isSafeInteger(streamsMax) || streamsMax < 1 || streamsMax > CONNECTIONS_MAX)
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `serve: streamsMax is ${shown(streamsMax)}: give a whole number from 1 to ${CONNECTIONS_MAX}.`,
    );
  const opened = await OpenPort.open({ what: `Application ${queries.host.applicationId}`, host, port });
  const { authority } = opened;
  const streams = new OpenStreams(streamsMax, clock);
  const boundHost = authority.replace(/:\d+$/, "");
  const door = () => ({
    boundHost,
    origins,
    names: [...hosts, ...(queries.applicationServer === undefined ? [] : [queries.applicationServer])],
  });
  const api = queryApi({ queries, observer, clock, logger, door, keys, streams });
  const listener = getRequestListener(api.fetch);
  const times = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  const server = createServer(
    times,
    inLine((request, response) => void listener(request, response)),
  );
  paceServer(server);
  server.maxConnections = CONNECTIONS_MAX;
  await opened.handTo(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      streams.close();
      const timer = clock.schedule(CLOSE_GRACE_MS, () => server.closeAllConnections());
      let isClosed = false;
      server.close(() => {
        isClosed = true;
        timer.cancel();
        resolve();
      });
      // Connections whose last answer ends from now on are kept open by their clients.
      const closeIdle = (): void => {
        if (isClosed) return;
        server.closeIdleConnections();
        clock.schedule(IDLE_LOOK_MS, closeIdle);
      };
      closeIdle();
    });
  return { url: `http://${authority}`, authority, close, [Symbol.asyncDispose]: close };
}
