import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { fileURLToPath } from "node:url";
import { OttlaError, type ReadFile } from "@ottla/base";

/** The largest document of keys. */
const DOCUMENT_BYTES_MAX = 1024 * 1024;

/** What stands at an HTTP or file URL, as text. Errors: `OAUTH_KEYS`, and those of the system; redirections are not followed. */
export async function fetchDocument(
  url: URL,
  { readFile, trusted, signal }: { readonly readFile: ReadFile; readonly trusted: readonly string[]; readonly signal: AbortSignal },
): Promise<string> {
  if (url.protocol !== "file:") return fetchOver(url, trusted, signal);
  const bytes = readFile(fileURLToPath(url));
  if (bytes.length > DOCUMENT_BYTES_MAX) throw tooLong();
  return bytes.toString("utf8");
}

function fetchOver(url: URL, trusted: readonly string[], signal: AbortSignal): Promise<string> {
  const request = url.protocol === "https:" ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const options = { signal, agent: false, headers: { accept: "application/json" }, ...(trusted.length > 0 && { ca: [...trusted] }) };
    const asked = request(url, options, (response) => {
      const { statusCode } = response;
      if (statusCode !== 200) {
        response.destroy();
        reject(
          new OttlaError(
            "OAUTH_KEYS",
            `the server answered with status ${statusCode}; the URL must lead to the keys without a redirection`,
          ),
        );
        return;
      }
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on("data", (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > DOCUMENT_BYTES_MAX) {
          reject(tooLong());
          response.destroy();
        } else pieces.push(piece);
      });
      response.on("error", reject);
      response.on("end", () => resolve(Buffer.concat(pieces).toString("utf8")));
    });
    asked.on("error", (error) => reject(signal.aborted && signal.reason instanceof Error ? signal.reason : error));
    asked.end();
  });
}

function tooLong(): OttlaError {
  return new OttlaError("OAUTH_KEYS", `what is there is longer than ${DOCUMENT_BYTES_MAX} bytes`);
}
