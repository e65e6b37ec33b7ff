import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { CLAIM_HEADER, ForwardError, forwardOverHttp } from "./forward-request.ts";

interface Other extends AsyncDisposable {
  readonly url: string;
  readonly requests: string[];
  forward(path: string, headers?: Record<string, string>, body?: string): Promise<Response>;
}

/** Another instance, which answers so. */
async function other(listener: RequestListener): Promise<Other> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { forward, close } = forwardOverHttp();
  return {
    url,
    requests,
    forward: (path, headers = {}, body = "") =>
      forward(
        { id: "claim", url, topicId: "t" },
        { method: "PUT", path, headers: new Headers(headers), body: new Uint8Array(Buffer.from(body)) },
      ),
    async [Symbol.asyncDispose]() {
      close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a request is forwarded with who asks and what it is, and nothing else of its headers; the answer comes as it is", async () => {
  let got: Record<string, unknown> = {};
  await using leader = await other((request, response) => {
    const { authorization, "content-type": type, accept, cookie, [CLAIM_HEADER]: claim } = request.headers;
    let body = "";
    request.setEncoding("utf8").on("data", (piece: unknown) => (body += String(piece)));
    request.once("end", () => {
      got = { authorization, type, accept, cookie, claim, body };
      response.writeHead(409, { "content-type": "application/json", "retry-after": "1" }).end("{}");
    });
  });
  const headers = { authorization: "Basic x", "content-type": "application/json", accept: "*/*", cookie: "c=1" };
  const answer = await leader.forward("/config/a%2Fb?force=true", headers, '{"a":"é"}');
  assert.deepEqual(leader.requests, ["PUT /config/a%2Fb?force=true"]);
  assert.deepEqual(got, {
    authorization: "Basic x",
    type: "application/json",
    accept: "*/*",
    cookie: undefined,
    claim: "claim",
    body: '{"a":"é"}',
  });
  assert.deepEqual([answer.status, answer.headers.get("retry-after"), await answer.text()], [409, "1", "{}"]);
});

test("a path that means another host leads nowhere, and nothing of the request is sent", async () => {
  await using stranger = await other((_request, response) => void response.end("{}"));
  await using leader = await other((_request, response) => void response.end("{}"));
  const { host } = new URL(stranger.url);
  for (const path of [`//${host}/config`, `/\\${host}/config`, stranger.url])
    await assert.rejects(
      leader.forward(path),
      (error) => error instanceof ForwardError && !error.isSent && /elsewhere/.test(error.message),
    );
  assert.deepEqual([stranger.requests, leader.requests], [[], []]);
});

test("who goes in the middle of the answer may have carried it out; who was not there has not", async () => {
  await using leader = await other((request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
    setImmediate(() => request.socket.destroy());
  });
  await assert.rejects(leader.forward("/config"), (error) => error instanceof ForwardError && error.isSent);
  const { url } = leader;
  await leader[Symbol.asyncDispose]();
  const { forward, close } = forwardOverHttp();
  const request = { method: "PUT", path: "/config", headers: new Headers(), body: new Uint8Array() };
  await assert.rejects(forward({ id: "claim", url, topicId: "t" }, request), (error) => error instanceof ForwardError && !error.isSent);
  close();
});
