/** Forms in which somebody has typed something that is nowhere else. */
const typed = new Set<object>();

/** What somebody typed in this form would be lost with the page, until it is forgotten. */
export function holdUnsaved(form: object): void {
  typed.add(form);
}

export function forgetUnsaved(form: object): void {
  typed.delete(form);
}

/** Whether the page may be left: asked of whoever typed something, true where nobody did. */
export function mayLeave(): boolean {
  return typed.size === 0 || confirm("What you typed on this page is lost when you leave it. Leave it?");
}

// The browser asks in its own words.
addEventListener("beforeunload", (event) => {
  if (typed.size > 0) event.preventDefault();
});
