import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Disk } from "@ottla/base";
import { type Theme, themeOf } from "./theme-cookie.ts";

/** A file of the user interface, as it is sent. */
interface UiFile {
  readonly bytes: Buffer;
  readonly gzipped: Buffer | undefined;
  readonly type: string;
  readonly etag: string;
  readonly isHashed: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".png": "image/png",
};

/** Nothing from elsewhere, nothing inline but the style and the script that the page was built with, no frames. */
const policyFor = (page: string): string =>
  `default-src 'none'; script-src 'self'${hashesOf(page, /<script type="module" async>(.*?)<\/script>/gs)}; style-src 'self'${hashesOf(page, /<style>(.*?)<\/style>/gs)}; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** From where a browser says that a page is asked for, where no page of another site can have opened its window for it: an address that was typed, or a link of the console's own. */
const NO_OPENER: ReadonlySet<string> = new Set(["none", "same-origin"]);

/** Cuts a page off from whoever opened its window. A browser starts a second process for a page that says so, and paints it a tenth of a second later: it is said where somebody may have. */
function openerHeaders(request: Request): Readonly<Record<string, string>> {
  return NO_OPENER.has(request.headers.get("sec-fetch-site") ?? "") ? {} : { "Cross-Origin-Opener-Policy": "same-origin" };
}

const NOT_BUILT = `<!doctype html><html lang="en" data-theme="auto"><title>Ottla</title><p>The console's pages are not built here. In a checkout, <code>npm run build:console</code> builds them; its API is at <code>/api</code>.`;

/** What a page carries beside what was built. */
export interface Carried {
  /** Stands first in it, and is sent with all that was built: a browser paints it before it has loaded anything. */
  readonly frame: string;
  /** Stands last. */
  readonly data: () => Promise<string>;
}

/** The files of the user interface, read once and held: they are a few hundred kB. */
export class UiFiles {
  readonly #files: ReadonlyMap<string, UiFile>;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(files: ReadonlyMap<string, UiFile>) {
    this.#files = files;
    const page = files.get("/index.html")?.bytes.toString() ?? "";
    this.#headers = { ...SECURITY_HEADERS, "Content-Security-Policy": policyFor(page) };
  }

  /** What is in the folder; of a folder that is not there a page that says so. */
  static read(disk: Disk, folder: string): UiFiles {
    const files = new Map<string, UiFile>();
    for (const name of filesIn(disk, folder, "")) files.set(name, uiFile(name, disk.readFile(join(folder, name))));
    if (!files.has("/index.html")) files.set("/index.html", uiFile("/index.html", Buffer.from(NOT_BUILT)));
    return new UiFiles(files);
  }

  /** The answer to a request for a page or a file. A page carries what `carried` gives: all but the data is sent at once, so that the frame is painted and the scripts are loaded while the data is made. What lies deeper than the files do is a page of the application, whatever dots its name has: `/topics/orders.v1`. */
  answer(request: Request, carried?: () => Promise<Carried>): Response {
    const { pathname } = new URL(request.url);
    const file = this.#files.get(pathname) ?? (isPage(pathname) ? this.#files.get("/index.html") : undefined);
    if (file === undefined)
      return new Response("There is no such file.", { status: 404, headers: { ...this.#headers, "Content-Type": "text/plain" } });
    if (carried !== undefined && file.type === TYPES[".html"])
      return new Response(ReadableStream.from(piecesOf(file.bytes, themeOf(request.headers.get("cookie") ?? ""), carried)), {
        // Its own for who asks for it: nobody keeps it. The coding is said at once, or what passes it on waits for more of it.
        headers: {
          ...this.#headers,
          ...openerHeaders(request),
          "Content-Type": file.type,
          "Cache-Control": "no-store",
          "Transfer-Encoding": "chunked",
        },
      });
    const headers = new Headers({
      ...this.#headers,
      ...openerHeaders(request),
      "Content-Type": file.type,
      "Cache-Control": file.isHashed
        ? "public, max-age=31536000, immutable"
        : file.type === TYPES[".svg"]
          ? "public, max-age=3600"
          : "no-cache",
      ETag: file.etag,
      Vary: "Accept-Encoding",
    });
    if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
    const gzipped = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "") ? file.gzipped : undefined;
    if (gzipped !== undefined) headers.set("Content-Encoding", "gzip");
    const body = gzipped ?? file.bytes;
    headers.set("Content-Length", String(body.length));
    return new Response(request.method === "HEAD" ? null : new Uint8Array(body), { headers });
  }
}

/** Data blocks are no scripts: the policy has no say in them. */
export function dataBlock(id: string, data: object): string {
  // Nothing in it ends the element.
  return `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>`;
}

async function* piecesOf(bytes: Buffer, theme: Theme, carried: () => Promise<Carried>): AsyncGenerator<Uint8Array> {
  const page = bytes.toString().replace('data-theme="auto"', `data-theme="${theme}"`);
  const { frame, data } = await carried();
  const start = afterTag(page, "<body>");
  const end = page.lastIndexOf("</body>") < start ? page.length : page.lastIndexOf("</body>");
  yield Buffer.from(page.slice(0, start) + frame + page.slice(start, end));
  yield Buffer.from((await data()) + page.slice(end));
}

/** A page without the tag is all head. */
function afterTag(page: string, tag: string): number {
  const at = page.indexOf(tag);
  return at < 0 ? page.length : at + tag.length;
}

/** Of what stands within a page, as a policy names it. */
function hashesOf(page: string, inline: RegExp): string {
  const texts = [...page.matchAll(inline)].map(([, text = ""]) => text);
  return texts.map((text) => ` 'sha256-${createHash("sha256").update(text).digest("base64")}'`).join("");
}

/** The build puts its files into `/assets`; beside the page there are some. */
function isPage(pathname: string): boolean {
  return !pathname.startsWith("/assets/") && (extname(pathname) === "" || pathname.lastIndexOf("/") > 0);
}

/** Paths below the folder, as in addresses. */
function filesIn(disk: Disk, folder: string, below: string): readonly string[] {
  const place = join(folder, below);
  if (disk.stat(place) === undefined) return [];
  return disk.list(place).flatMap((name) => {
    const path = `${below}/${name}`;
    return disk.stat(join(folder, path))?.isDirectory ? filesIn(disk, folder, path) : [path];
  });
}

function uiFile(name: string, bytes: Buffer): UiFile {
  const gzipped = bytes.length > 500 ? gzipSync(bytes, { level: 9 }) : undefined;
  return {
    bytes,
    gzipped: gzipped !== undefined && gzipped.length < bytes.length ? gzipped : undefined,
    type: TYPES[extname(name)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 20)}"`,
    isHashed: /-[\w-]{8,}\.\w+$/.test(name),
  };
}
