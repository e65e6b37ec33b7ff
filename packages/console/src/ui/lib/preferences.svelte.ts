type Theme = "auto" | "light" | "dark";

/** What the reader prefers; kept by the browser. */
class Preferences {
  #theme = $state<Theme>(read());

  constructor() {
    this.#show();
  }

  get theme(): Theme {
    return this.#theme;
  }

  nextTheme(): void {
    const themes: readonly Theme[] = ["auto", "light", "dark"];
    this.#theme = themes[(themes.indexOf(this.#theme) + 1) % themes.length]!;
    try {
      localStorage.setItem("theme", this.#theme);
    } catch {
      // A browser that keeps nothing shows it all the same.
    }
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset["theme"] = this.#theme;
  }
}

function read(): Theme {
  try {
    const theme = localStorage.getItem("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto";
  }
}

/** The one of this page. */
export const preferences = new Preferences();
