import { mayLeave } from "./unsaved.ts";

/** Where the reader is. Everything that a page shows is in its address, so that it can be sent to somebody. */
class Router {
  #url = $state(new URL(location.href));

  constructor() {
    addEventListener("popstate", () => {
      if (this.#url.pathname !== location.pathname && !mayLeave()) return history.pushState(null, "", this.#url);
      this.#url = new URL(location.href);
    });
    document.addEventListener("click", (event) => this.#follow(event));
  }

  /** Parts of the path, decoded: `/topics/a%2Fb` is `["topics", "a/b"]`. */
  get path(): readonly string[] {
    return this.#url.pathname.split("/").filter(Boolean).map(decoded);
  }

  get href(): string {
    return this.#url.pathname + this.#url.search;
  }

  param(name: string, otherwise = ""): string {
    return this.#url.searchParams.get(name) ?? otherwise;
  }

  /** All values of a parameter that may be there more than once. */
  params(name: string): readonly string[] {
    return this.#url.searchParams.getAll(name);
  }

  setAll(name: string, values: readonly string[]): void {
    const url = new URL(this.#url);
    url.searchParams.delete(name);
    for (const value of values) url.searchParams.append(name, value);
    history.replaceState(null, "", url);
    this.#url = url;
  }

  go(href: string): void {
    history.pushState(null, "", href);
    this.#url = new URL(location.href);
    scrollTo(0, 0);
  }

  /** Other parameters on the same page; empty ones go. `isStep`: the way back leads to the former ones. */
  set(params: Readonly<Record<string, string>>, isStep = false): void {
    const url = new URL(this.#url);
    for (const [name, value] of Object.entries(params)) {
      if (value === "") url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    history[isStep ? "pushState" : "replaceState"](null, "", url);
    this.#url = url;
  }

  #follow(event: MouseEvent): void {
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey ||
      link.target !== "" ||
      link.origin !== location.origin ||
      link.hasAttribute("download")
    )
      return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

/** Whoever types an address may mistype it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The one of this page. */
export const router = new Router();

/** An address of this console. */
export function to(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}
