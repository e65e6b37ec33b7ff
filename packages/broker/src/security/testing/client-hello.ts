import { Duplex } from "node:stream";
import { connect } from "node:tls";

/** What a client begins a TLS handshake with. */
export function clientHello(): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const transport = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      resolve(chunk);
      done();
    },
  });
  connect({ socket: transport, servername: "localhost" }).on("error", () => {});
  return promise;
}
