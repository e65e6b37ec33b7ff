import type { NetSocket } from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import { type Api, decodeResponse, encodeRequest } from "@ottla/protocol";
import type { Endpoint } from "../metadata/cluster-metadata.ts";
import { ReceivedBytes } from "./received-bytes.ts";

/** Sends one request over a connection of its own, and reads the answer. */
export async function sendOnce<Request, Response>(
  { host, port }: Endpoint,
  api: Api<Request, Response>,
  version: number,
  request: Request,
): Promise<Response> {
  const socket = await nodeNet.connect(host, port, 5000);
  try {
    const answer = frameFrom(socket);
    socket.write(encodeRequest(api, version, 1, "test", request));
    return decodeResponse(api, version, await answer);
  } finally {
    socket.destroy();
  }
}

/** The next whole frame, without its length. */
function frameFrom(socket: NetSocket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const bytes = new ReceivedBytes();
    socket.listen({
      onData(chunk) {
        bytes.add(chunk);
        const frame = bytes.takeFrame();
        if (frame !== undefined) resolve(frame);
      },
      onDrain() {},
      onClose: (error) => reject(error ?? new Error("The broker closed the connection.")),
    });
  });
}
