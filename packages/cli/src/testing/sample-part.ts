import { nodeNet } from "@ottla/base/node";
import type { Part } from "../parts/part.ts";

/**
 * A small part that listens and does what its setting `behaviour` says: "works", "fails", "never ready", "crashes", "exits", "stays", "stop fails", "talks", "prints past".
 */
export const part: Part = {
  name: "sample",
  start({ host, port, addresses, settings, logger, out }) {
    const { behaviour } = settings;
    const listening = nodeNet.listen(host, port, (socket) => {
      socket.listen({ onData() {}, onDrain() {}, onClose() {} });
      // Whoever connects sets off what is to happen later.
      if (behaviour === "crashes")
        setImmediate(() => {
          throw new Error("it broke");
        });
      if (behaviour === "exits") process.exit(0);
    });
    const begin = async () => {
      if (behaviour === "fails") throw new Error("there is no room");
      if (behaviour === "never ready") await new Promise(() => {});
      const listener = await listening;
      logger.info("started", { bootstrap: addresses["bootstrap"], error: new RangeError("odd"), list: [1, () => {}] });
      out.write(`hello from ${host}\n`);
      if (behaviour === "talks") for (let i = 0; i < 5000; i++) logger.debug("blah");
      if (behaviour === "prints past") process.stdout.write("where does this go\n");
      return { address: `http://${host}:${listener.port}` };
    };
    return {
      ready: begin(),
      async stop() {
        if (behaviour === "stays") for (;;);
        await (await listening.catch(() => undefined))?.close();
        if (behaviour === "stop fails") throw new Error("a file was busy");
      },
    };
  },
};
