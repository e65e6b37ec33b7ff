/** The theme that a reader chose, kept by the browser where the console sees it too: a page is painted in it before its scripts run. */
export const THEME_COOKIE = "ottla-theme";
export type Theme = "auto" | "light" | "dark";

/** The theme in a `Cookie` header, or in what `document.cookie` gives; what is none is the browser's. */
export function themeOf(cookies: string): Theme {
  const value = cookies
    .split(";")
    .map((each) => each.trim().split("="))
    .find(([name]) => name === THEME_COOKIE)?.[1];
  return value === "light" || value === "dark" ? value : "auto";
}
