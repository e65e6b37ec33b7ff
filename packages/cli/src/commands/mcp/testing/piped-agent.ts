import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { ParsedOptions } from "../../../command.ts";
import { serveMcp } from "../serve-mcp.ts";

interface Reply {
  readonly id?: number;
  readonly error?: { readonly message: string };
  readonly result?: {
    readonly structuredContent?: Readonly<Record<string, unknown>>;
    readonly content?: readonly { readonly text: string }[];
  };
}

/** An agent that speaks over pipes and cannot ask anybody. */
export async function withAgent(
  words: readonly (readonly [string, string | true])[],
  script: (call: (name: string, args: object) => Promise<Readonly<Record<string, unknown>>>) => Promise<void>,
): Promise<string> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const end = new AbortController();
  const values = new Map<string, (string | true)[]>();
  for (const [name, value] of words) values.set(name, [...(values.get(name) ?? []), value]);
  const served = serveMcp({
    options: new ParsedOptions(values),
    positionals: [],
    stdout,
    stderr,
    stdin: stdin as unknown as NodeJS.ReadStream,
    env: {},
    main: new URL(import.meta.url),
    signal: end.signal,
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  let text = "";
  stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
      const reply = JSON.parse(text.slice(0, at)) as Reply;
      text = text.slice(at + 1);
      if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
    }
  });
  let id = 0;
  const ask = (method: string, params: object): Promise<Reply> => {
    const own = ++id;
    return new Promise((resolve) => {
      waiting.set(own, resolve);
      stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: own, method, params })}\n`);
    });
  };
  await ask("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "agent", version: "1" } });
  stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
  await script(async (name, args) => {
    const { result, error } = await ask("tools/call", { name, arguments: args });
    if (error) return { error: error.message };
    return result?.structuredContent ?? { error: result?.content?.[0]?.text };
  });
  // The agent goes: its end of the pipe closes.
  stdin.end();
  assert.equal(await served, 0);
  return (stderr.read() as Buffer | null)?.toString() ?? "";
}
