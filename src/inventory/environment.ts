/** Values of the environment, by name: what `${NAME}` in a lab file stands for. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Substitution {
  readonly text: string;
  /** Variables that are not set and have no default. */
  readonly missing: readonly string[];
  /** A `${` that starts no reference. */
  readonly malformed: boolean;
}

/** `$${` is a literal `${`; what stands between braces holds none, so that the search is linear. */
const REFERENCE = /\$(\$?)\{([^{}]*)(\}?)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DEFAULT_MARK = ":-";

/** Whether `text` is one reference and nothing else. */
export function isReference(text: string): boolean {
  return /^\$\{[^{}]*\}$/.test(text);
}

/** Puts in the values of `${NAME}` and `${NAME:-default}`; the default also stands in for an empty value, as in a shell. */
export function substitute(text: string, env: Environment): Substitution {
  const missing: string[] = [];
  let malformed = false;
  const replaced = text.replace(REFERENCE, (whole, escape: string, inner: string, end: string) => {
    if (escape !== "") return whole.slice(1);
    const mark = inner.indexOf(DEFAULT_MARK);
    const name = mark < 0 ? inner : inner.slice(0, mark);
    if (end === "" || !NAME.test(name)) {
      malformed = true;
      return whole;
    }
    const value = env[name];
    if (mark >= 0) return value === undefined || value === "" ? inner.slice(mark + DEFAULT_MARK.length) : value;
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return { text: replaced, missing, malformed };
}
