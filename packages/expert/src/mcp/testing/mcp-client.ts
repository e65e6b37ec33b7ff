import { registerHooks } from "node:module";

/** Sources run by the export condition `source`, which a library that the protocol's client stands on has, too: in a language that Node does not read inside node_modules. */
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier,
      specifier === "eventsource" || specifier.startsWith("eventsource-")
        ? { ...context, conditions: context.conditions.filter((name) => name !== "source") }
        : context,
    ),
});

export const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
