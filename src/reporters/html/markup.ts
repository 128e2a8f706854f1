import { printable } from "../../core/text.ts";

/** Text that is HTML already: made of literals of ours and of values that were escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text for use between tags or in a quoted attribute; control characters become a visible dot. */
export function escapeHtml(text: string): string {
  return printable(text, true).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function render(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return value.map(render).join("");
}

/**
 * A template whose values are escaped, unless they are markup themselves. Lists are joined. (Not named `html`:
 * Prettier would lay such templates out anew, and the hashes of style and script would not fit.)
 */
export function markup(literals: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(literals.map((literal, index) => literal + render(values[index] ?? "")).join(""));
}

/** What `make` makes when `condition` holds, else nothing. */
export function when(condition: boolean, make: () => Markup): Markup | "" {
  return condition ? make() : "";
}
