import assert from "node:assert/strict";
import { test } from "node:test";
import { BoundedMessages, type MessageId } from "./bounded-messages.ts";

async function passed(text: string, chunkBytes: number): Promise<{ readonly text: string; readonly leftOut: readonly MessageId[] }> {
  const leftOut: MessageId[] = [];
  const messages = new BoundedMessages(100, (id) => void leftOut.push(id));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) messages.write(bytes.subarray(at, at + chunkBytes));
  messages.end();
  let out = "";
  for await (const chunk of messages) out += String(chunk);
  return { text: out, leftOut };
}

const ofBytes = (bytes: number): string => `${"a".repeat(bytes - 1)}\n`;

test("a message that is too large is left out and told of by its id, and the others are handed on whole", async () => {
  const first = `{"jsonrpc":"2.0","id":7,"params":"${"x".repeat(200)}"}\n`;
  const last = `{"method":"m","params":{"id":1,"text":"${"x".repeat(2000)}"},"jsonrpc":"2.0","id":"seven"}\r\n`;
  const none = `{"method":"m","params":{"id":1,"text":"${"x".repeat(2000)}"}}\n`;
  const whole = `${ofBytes(100)}${first}${ofBytes(3)}${last}${none}${ofBytes(101)}\nend`;
  for (const chunkBytes of [1, 7, 100, 5000])
    assert.deepEqual(
      await passed(whole, chunkBytes),
      { text: `${ofBytes(100)}${ofBytes(3)}\nend`, leftOut: [7, "seven", undefined, undefined] },
      `${chunkBytes} bytes at a time`,
    );
});
