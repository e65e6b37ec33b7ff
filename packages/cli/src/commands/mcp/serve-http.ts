import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { OttlaError } from "@ottla/base";
import { inLine, paceServer } from "@ottla/base/node";
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import type { CommandContext } from "../../command.ts";
import { shown } from "../../output.ts";

const TOKEN_ENV = "OTTLA_MCP_TOKEN";
/** More agents than a person has; beyond, connections are closed. */
const CONNECTIONS_MAX = 256;
/** Nothing of an agent waits longer for its headers. */
const HEADERS_TIMEOUT_MS = 10_000;

/** Streamable HTTP at /mcp on this machine alone: other hosts, pages of browsers and those without the token are refused. */
export async function serveHttp({ env, stderr, signal }: CommandContext, factory: () => McpServer, port: number): Promise<void> {
  const given = env[TOKEN_ENV];
  const token = given ?? randomBytes(24).toString("base64url");
  const report = (error: unknown): void => void stderr.write(shown`ottla: ${error instanceof Error ? error.message : error}\n`);
  const handle = toNodeHandler(createMcpHandler(factory, { onerror: report }));
  const [isHere, isOwn] = [localhostHostValidation(), localhostOriginValidation()];
  const answer: RequestListener = (request, response) => {
    if (!isHere(request, response) || !isOwn(request, response)) return;
    // Anything may stand there that HTTP calls a target, also what is no URL.
    if (request.url?.split("?", 1)[0] !== "/mcp") response.writeHead(404).end();
    else if (!isToken(request.headers.authorization, token)) response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
    else
      handle(request as Parameters<typeof handle>[0], response).catch((error: unknown) => {
        report(error);
        response.destroy();
      });
  };
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: 16 * 1024 }, inLine(answer));
  paceServer(server);
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw new OttlaError(
      "PORT_TAKEN",
      `Port ${port} cannot be listened on: ${(error as Error).message}. Give another --http, or 0 for any.`,
    );
  }
  stderr.write(`The expert serves agents at http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`);
  stderr.write(given === undefined ? `Authorization: Bearer ${token}\n` : `Authorization: Bearer with the token in ${TOKEN_ENV}\n`);
  if (!signal.aborted) await once(signal, "abort");
  server.close();
  server.closeAllConnections();
}

function isToken(header: string | undefined, token: string): boolean {
  const [given, wanted] = [Buffer.from(header ?? ""), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
