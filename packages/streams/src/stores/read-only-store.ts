import { StreamsError } from "../streams-error.ts";
import type { StateStore } from "./store.ts";

const writing: ReadonlySet<string | symbol> = new Set(["put", "putAll", "putIfAbsent", "delete", "remove", "restore", "flush", "close"]);

/** A global store as those see it who do not fill it: what would change it throws `STREAMS_BAD_ARGUMENT`. */
export function readOnlyStore<S extends StateStore>(store: S): S {
  return new Proxy(store, {
    get(target, name): unknown {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== "function") return found;
      return writing.has(name)
        ? () => {
            throw new StreamsError(
              "STREAMS_BAD_ARGUMENT",
              `Global store ${target.name} is filled from its topic only, so ${String(name)} is not for other processors: write to the topic.`,
            );
          }
        : found.bind(target);
    },
  });
}
