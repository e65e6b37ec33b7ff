/** `target` with some of its methods replaced. The others are called on the target itself, but what they make goes through the replaced ones where they use `this`. */
export function overriding<Target extends object>(target: Target, overrides: Partial<Target>): Target {
  const proxy: Target = new Proxy(target, {
    get(_, name) {
      const own: unknown = Object.hasOwn(overrides, name) ? overrides[name as keyof Target] : undefined;
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      const receiver = passesThis.has(name) ? proxy : target;
      return (...args: readonly unknown[]) => Reflect.apply(value, receiver, args) as unknown;
    },
  });
  return proxy;
}

/** Typed topics make their producers and consumers by the client they are asked of. Disposal is a close. */
const passesThis: ReadonlySet<string | symbol> = new Set(["topic", "topicsConsumer", "topicsShareConsumer"]);
