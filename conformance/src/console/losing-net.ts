import { type Net, type NetSocket, OttlaError } from "@ottla/base";
import { ApiKey } from "@ottla/protocol";

/** A client's network over which one request is lost, or its answer, and everything from then on. */
export interface LosingNet extends Net {
  /** How many of them were asked. */
  readonly count: number;
  /** The brokers are there again. */
  mend(): void;
}

const API_KEY_AT = 4;

/** What is lost stands in Kafka's frames: a size, then the number of the API. */
export function losingNet(net: Net, api: keyof typeof ApiKey, lose: "request" | "answer"): LosingNet {
  const open = new Set<NetSocket>();
  let [isGone, isMended, count] = [false, false, 0];
  const goAway = (): void => {
    isGone = true;
    for (const each of open) each.destroy();
  };
  const asks = (buffers: readonly Uint8Array[]): boolean => {
    const bytes = Buffer.concat(buffers);
    for (let at = 0; at + API_KEY_AT + 2 <= bytes.length; at += 4 + bytes.readInt32BE(at))
      if (bytes.readInt16BE(at + API_KEY_AT) === ApiKey[api]) return true;
    return false;
  };
  const losing = (socket: NetSocket): NetSocket => {
    let isAnswerLost = false;
    open.add(socket);
    return new Proxy(socket, {
      get(of, name) {
        if (name === "listen")
          return ((events, options) =>
            of.listen(
              {
                onData: (chunk) => (isAnswerLost ? goAway() : events.onData(chunk)),
                onDrain: () => events.onDrain(),
                onClose: (error) => {
                  open.delete(of);
                  events.onClose(error);
                },
              },
              options,
            )) satisfies NetSocket["listen"];
        if (name === "write")
          return ((buffers, onWritten) => {
            const isMeant = !isMended && asks(buffers);
            if (isMeant) count++;
            if (!isMeant || lose === "answer") {
              isAnswerLost ||= isMeant;
              return of.write(buffers, onWritten);
            }
            goAway();
            onWritten?.();
            return true;
          }) satisfies NetSocket["write"];
        const value: unknown = Reflect.get(of, name, of);
        return typeof value === "function" ? (value.bind(of) as unknown) : value;
      },
    });
  };
  return {
    ...net,
    get count() {
      return count;
    },
    mend() {
      [isGone, isMended] = [false, true];
    },
    async connect(...to) {
      if (isGone) throw new OttlaError("CONNECT_REFUSED", "The broker is gone.");
      return losing(await net.connect(...to));
    },
  };
}
