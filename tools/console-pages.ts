import { existsSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspaces.ts";

const folder = "packages/console/src/ui";
const target = join(root, "packages", "cli", "dist", "console-ui");
const stamp = join(target, "built-from.json");

/** What the console's pages are built from, relative to the root. */
export function consoleSources(): readonly string[] {
  return globSync(`${folder}/**/*.{svelte,ts,css,html,svg}`, { cwd: root }).sort();
}

/** Builds the pages, unless nothing has changed since. */
export async function buildConsole(): Promise<void> {
  const before = state();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === before) return;
  // Dear to load, and seldom needed.
  const [{ svelte }, { build }] = await Promise.all([import("@sveltejs/vite-plugin-svelte"), import("vite")]);
  await build({
    root: join(root, folder),
    configFile: false,
    logLevel: "warn",
    plugins: [svelte({ configFile: false }), { name: "framed-first", transformIndexHtml: { order: "post", handler: framedFirst } }],
    build: {
      outDir: target,
      emptyOutDir: true,
      target: "es2022",
      // The pages' policy allows nothing inline but what the page itself is built with.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  writeFileSync(stamp, before);
}

/** Nobody waits longer for a paint: a page that nobody sees is not painted. */
const PAINT_MS_MAX = 100;

/**
 * What a page is loaded by, in the order in which it is painted. The application is loaded at once and run behind the frame's first paint: to run it takes longer than to load it. It is run while the answers that the page carries are still on their way, so that what
 * starts it stands before them and does not wait for the page's end. The style of all pages is awaited behind the frame, whose own is in the page: in the head it would be awaited before anything is painted.
 */
function framedFirst(html: string): string {
  const [script = "", application = ""] = /<script type="module" crossorigin src="([^"]*)"><\/script>/.exec(html) ?? [];
  const [style = ""] = /\s*<link rel="stylesheet"[^>]*>/.exec(html) ?? [];
  if (script === "" || style === "") throw new Error("The console's page was not built with one script and one style.");
  const start = `let isStarted = false;
const start = () => {
  if (!isStarted) import(${JSON.stringify(application)}).catch(failed);
  isStarted = true;
};
const failed = () => {
  const told = document.createElement("main");
  told.textContent = "The console could not be loaded. Load the page again.";
  (document.getElementById("first-frame") ?? document.body).append(told);
};
const isPainted = () => performance.getEntriesByName("first-contentful-paint").length > 0;
if (document.getElementById("first-frame") === null || document.hidden || isPainted()) start();
else {
  requestAnimationFrame(() => setTimeout(start));
  setTimeout(start, ${PAINT_MS_MAX});
}`;
  return html
    .replace(script, () => `<link rel="modulepreload" crossorigin href="${application}">`)
    .replace(style, "")
    .replace("<body>", () => `<body>${style}`)
    .replace("</body>", () => `  <script type="module" async>${start}</script>\n  </body>`);
}

/** Serves the pages from their sources, each change shown at once, with the API of a console at `api`. Gives where they are. */
export async function devConsole(api: string, port: number): Promise<string> {
  const [{ svelte }, { createServer }] = await Promise.all([import("@sveltejs/vite-plugin-svelte"), import("vite")]);
  const target = new URL(api).origin;
  const server = await createServer({
    root: join(root, folder),
    configFile: false,
    cacheDir: join(root, ".cache", "vite"),
    plugins: [svelte({ configFile: false })],
    server: {
      host: "127.0.0.1",
      port,
      proxy: {
        "/api": {
          target,
          changeOrigin: true,
          // The console answers its own pages alone.
          configure: (proxy) => {
            proxy.on("proxyReq", (request) => {
              if (request.hasHeader("origin")) request.setHeader("origin", target);
            });
          },
        },
      },
    },
  });
  await server.listen();
  return server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${port}/`;
}

/** Names and times: a file that went is seen as well. */
function state(): string {
  return JSON.stringify(consoleSources().map((name) => [name, statSync(join(root, name)).mtimeMs]));
}
