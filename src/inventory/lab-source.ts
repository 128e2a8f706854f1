import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, Scalar, visit } from "yaml";
import type { Document, Node, Pair, YAMLMap } from "yaml";
import { asError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import { isReference, substitute, type Environment } from "./environment.ts";
import type { Place } from "./model.ts";
import type { LabProblem } from "./problems.ts";

/** The steps from the top of the file to a value: keys of mappings, indices of lists. */
export type Path = readonly PropertyKey[];

/** `devices.SEP000000000001.lines[0].number` */
export function formatPath(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
  /** False: the path ends in something that is not there; this is the deepest part that is. */
  readonly complete: boolean;
}

/**
 * The text of a lab file as data, with the way back from data to line and column. Variables are replaced in the values
 * after the YAML was read, so that no value of the environment can change the structure.
 */
export class LabSource {
  readonly file: string;
  /** Plain data; undefined when the text is not YAML. */
  readonly data: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;
  /** Values whose variables were not all set: what they would be is unknown. */
  readonly #unresolved = new Set<Node>();

  constructor(text: string, file: string, env: Environment, problems: LabProblem[]) {
    this.file = file;
    this.#lines = new LineCounter();
    // prettyErrors would quote the line, and with it passwords.
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    for (const error of [...this.#document.errors, ...this.#document.warnings]) {
      const quotesText = error.code === "UNEXPECTED_TOKEN" || error.code === "BAD_DQ_ESCAPE";
      const message = quotesText ? "the text here is not YAML. Is something to be put in quotes?" : error.message;
      problems.push({ code: "ERR_LAB_SYNTAX", place: this.#placeAt(error.pos[0]), path: "", message });
    }
    if (problems.length > 0) return;
    this.#keepDigits();
    this.#putInVariables(env, problems);
    this.data = this.#plainData(problems);
  }

  /** Where the value at `path` stands, or its key; for what is missing, the key of the mapping that lacks it. */
  place(path: Path, part: "key" | "value" = "value"): Place {
    const { key, value, complete } = this.#find(path);
    const node = complete && part === "value" ? (value ?? key) : (key ?? value);
    return this.#placeAt(node?.range?.[0] ?? 0);
  }

  /** The scalar at `path` as it was written, variables unreplaced. */
  written(path: Path): string | undefined {
    const { value, complete } = this.#find(path);
    return complete && isScalar(value) ? (value.source ?? String(value.value)) : undefined;
  }

  /** Whether the value at `path` waits for a variable that is not set. */
  isUnresolved(path: Path): boolean {
    const { value, complete } = this.#find(path);
    return complete && value !== undefined && this.#unresolved.has(value);
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** A number counts as one only in its plain form: the directory number 0123, or one of twenty digits, keeps its digits. */
  #keepDigits(): void {
    visit(this.#document, {
      Scalar(_key, node) {
        if (typeof node.value === "number" && node.source !== undefined && String(node.value) !== node.source) {
          node.value = node.source;
        }
      },
    });
  }

  #putInVariables(env: Environment, problems: LabProblem[]): void {
    visit(this.#document, {
      Scalar: (key, node, ancestors) => {
        if (key === "key" || typeof node.value !== "string" || !node.value.includes("${")) return;
        const { text, missing, malformed } = substitute(node.value, env);
        const place = this.#placeAt(node.range?.[0] ?? 0);
        const report = (message: string): void => {
          this.#unresolved.add(node);
          problems.push({ code: "ERR_LAB_ENVIRONMENT", place, path: formatPath(pathOf(node, ancestors)), message });
        };
        for (const name of missing) {
          const hint = didYouMean(name, Object.keys(env));
          report(`environment variable ${name} is not set.${hint} Set it, or give a default: \${${name}:-…}.`);
        }
        if (malformed)
          report("`${` starts a variable, such as ${SIP_PASSWORD}; write $${ for the characters themselves.");
        node.value = isWholeNumber(node, text) ? Number(text) : text;
      },
    });
  }

  #plainData(problems: LabProblem[]): unknown {
    try {
      return this.#document.toJS();
    } catch (error) {
      // Aliases that multiply beyond measure, or a merge of what is no mapping.
      problems.push({ code: "ERR_LAB_SYNTAX", place: this.#placeAt(0), path: "", message: asError(error).message });
      return undefined;
    }
  }

  #find(path: Path): Found {
    let found: Found = { key: undefined, value: this.#resolve(this.#document.contents), complete: true };
    for (const step of path) {
      const next = this.#child(found.value, step);
      if (!next) return { ...found, complete: false };
      found = next;
    }
    return found;
  }

  #child(parent: Node | undefined, step: PropertyKey): Found | undefined {
    if (isSeq(parent)) {
      const item = parent.items[Number(step)];
      return item === undefined ? undefined : { key: undefined, value: this.#resolve(item), complete: true };
    }
    const pair = isMap(parent) ? this.#pair(parent, String(step)) : undefined;
    return pair && { key: pair.key as Node, value: this.#resolve(pair.value), complete: true };
  }

  /** The pair of `key`, its own or one that `<<` merges in. */
  #pair(map: YAMLMap, key: string): Pair | undefined {
    const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
    if (own) return own;
    for (const pair of map.items) {
      if (!isScalar(pair.key) || pair.key.source !== "<<") continue;
      const merged = this.#resolve(pair.value);
      for (const source of isSeq(merged) ? merged.items : [merged]) {
        const node = this.#resolve(source);
        const inherited = isMap(node) ? this.#pair(node, key) : undefined;
        if (inherited) return inherited;
      }
    }
    return undefined;
  }

  #resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return (node ?? undefined) as Node | undefined;
  }
}

/** The path of data that leads to `node`, from the nodes around it. */
function pathOf(node: Scalar, ancestors: readonly unknown[]): Path {
  return [...ancestors, node].flatMap((inner, index, all): Path => {
    const outer = all[index - 1];
    if (isSeq(outer)) return [outer.items.indexOf(inner)];
    return isPair(inner) && isScalar(inner.key) ? [String(inner.key.value)] : [];
  });
}

/** `port: ${SIP_PORT}` means a number, `"${SIP_PORT}"` a text. */
function isWholeNumber(node: Scalar, text: string): boolean {
  if (node.type !== Scalar.PLAIN || !isReference(node.source ?? "")) return false;
  return Number.isSafeInteger(Number(text)) && String(Number(text)) === text;
}
