// Opens N connections, asks for ApiVersions on each, prints "ready" and holds them until it is ended.
import { once } from "node:events";
import { connect } from "node:net";
import { encodeRequest } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";

const [host = "", port = "", count = "1"] = process.argv.slice(2);
const frame = Buffer.concat(encodeRequest(apiVersionsApi, 0, 1, "idle", makeApiVersionsRequest()));
const sockets = await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const socket = connect({ host, port: Number(port), noDelay: true });
    await once(socket, "connect");
    socket.write(frame);
    await once(socket, "data");
    return socket;
  }),
);
for (const socket of sockets) {
  socket.on("close", () => {
    process.stderr.write("A connection was closed.\n");
    process.exit(1);
  });
}
process.stdout.write("ready\n");
process.on("SIGTERM", () => process.exit(0));
