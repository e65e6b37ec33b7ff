import { lookup } from "node:dns/promises";
import { connect } from "node:net";

/** Looks a name up as programs on this machine do; gives its addresses. */
export async function resolveName(host: string): Promise<string> {
  const addresses = await lookup(host, { all: true });
  return addresses.map(({ address }) => address).join(", ");
}

/** Opens and closes a connection; gives where it led. */
export function reachPort(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(Object.assign(new Error(`No answer within ${timeoutMs} ms.`), { code: "CONNECT_TIMEOUT" })));
    socket.once("error", fail);
    socket.once("connect", () => {
      const { remoteAddress, remotePort } = socket;
      socket.destroy();
      resolve(`connected to ${remoteAddress} port ${remotePort}`);
    });
  });
}
