import type { Net } from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import { FlakyProxy } from "../crash/flaky-proxy.ts";

/** The network of one client, with a stretch in front of every broker that can be cut, stand still or be slow. */
export class FlakyNet implements Net {
  readonly #proxies = new Map<string, Promise<FlakyProxy>>();
  readonly listen: Net["listen"] = nodeNet.listen;
  readonly tlsServer: Net["tlsServer"] = nodeNet.tlsServer;
  readonly tlsClient: Net["tlsClient"] = nodeNet.tlsClient;
  readonly connect: Net["connect"] = async (host, port, timeoutMs, signal) => {
    const proxy = await this.#proxyOf(host, port);
    return nodeNet.connect("127.0.0.1", proxy.port, timeoutMs, signal);
  };

  /** Breaks connections of which `choose` says so. Returns how many there were. */
  async cut(choose: () => boolean): Promise<number> {
    const proxies = await this.#all();
    const count = proxies.reduce((sum, proxy) => sum + proxy.connectionCount, 0);
    for (const proxy of proxies) proxy.reset(choose);
    return count;
  }

  /** What is on the way stays there until the returned function is called. */
  async stall(choose: () => boolean): Promise<() => void> {
    const letGo = (await this.#all()).map((proxy) => proxy.stall(choose));
    return () => {
      for (const go of letGo) go();
    };
  }

  /** From now on every piece of data is on the way for so long. */
  async slowDown(delayMs: number): Promise<void> {
    for (const proxy of await this.#all()) proxy.delayMs = delayMs;
  }

  async close(): Promise<void> {
    for (const proxy of await this.#all()) proxy.close();
  }

  #all(): Promise<FlakyProxy[]> {
    return Promise.all(this.#proxies.values());
  }

  #proxyOf(host: string, port: number): Promise<FlakyProxy> {
    const key = `${host}:${port}`;
    let proxy = this.#proxies.get(key);
    if (proxy === undefined) {
      proxy = FlakyProxy.open().then((opened) => {
        opened.leadTo(port);
        return opened;
      });
      this.#proxies.set(key, proxy);
    }
    return proxy;
  }
}
