import { type Theme, THEME_COOKIE, themeOf } from "../../api/theme-cookie.ts";

const KEPT_S = 365 * 24 * 3600;

/** What the reader prefers; kept by the browser. */
class Preferences {
  #theme = $state<Theme>(themeOf(document.cookie));

  constructor() {
    this.#show();
  }

  get theme(): Theme {
    return this.#theme;
  }

  nextTheme(): void {
    const themes: readonly Theme[] = ["auto", "light", "dark"];
    this.#theme = themes[(themes.indexOf(this.#theme) + 1) % themes.length]!;
    // A browser that keeps nothing shows it all the same.
    document.cookie = `${THEME_COOKIE}=${this.#theme}; path=/; max-age=${KEPT_S}; samesite=strict`;
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset["theme"] = this.#theme;
  }
}

/** The one of this page. */
export const preferences = new Preferences();
