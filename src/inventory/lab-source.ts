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
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(text: string, file: string, env: Environment, problems: LabProblem[]) {
    this.file = file;
    this.#lines = new LineCounter();
    // prettyErrors would quote the line, and with it passwords.
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    problems.push(...this.#syntaxProblems(text), ...this.#strayAliases());
    if (problems.length > 0) return;
    this.#readScalars(env, problems);
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

  /** Names given twice, or the first break of structure alone: what follows a break is noise. */
  #syntaxProblems(text: string): LabProblem[] {
    const errors = [...this.#document.errors, ...this.#document.warnings];
    const breakOfStructure = errors.find((error) => error.code !== "DUPLICATE_KEY");
    return (breakOfStructure ? [breakOfStructure] : errors).map(({ code, pos: [offset], message }) => ({
      code: "ERR_LAB_SYNTAX",
      place: this.#placeAt(offset),
      path: "",
      message: syntaxMessage(code, message, text.slice(Math.max(offset - 1, 0), offset + 1)),
    }));
  }

  /** `*name` without `&name`: most likely a text that begins with an asterisk. */
  #strayAliases(): LabProblem[] {
    const problems: LabProblem[] = [];
    visit(this.#document, {
      Alias: (_key, node) => {
        if (node.resolve(this.#document)) return;
        const place = this.#placeAt(node.range?.[0] ?? 0);
        const message = "this is an alias of nothing. Text that begins with * needs quotes.";
        problems.push({ code: "ERR_LAB_SYNTAX", place, path: "", message });
      },
    });
    return problems;
  }

  #readScalars(env: Environment, problems: LabProblem[]): void {
    visit(this.#document, {
      Scalar: (key, node, ancestors) => {
        keepDigits(node);
        if (key !== "key") problems.push(...this.#putInVariables(node, ancestors, env));
      },
    });
  }

  #putInVariables(node: Scalar, ancestors: readonly unknown[], env: Environment): LabProblem[] {
    if (typeof node.value !== "string" || !node.value.includes("${")) return [];
    const { text, missing, malformed } = substitute(node.value, env);
    node.value = isWholeNumber(node, text) ? Number(text) : text;
    const complaints = missing.map((name) => {
      const hint = didYouMean(name, Object.keys(env));
      return `environment variable ${name} is not set.${hint} Set it, or give a default: \${${name}:-…}.`;
    });
    if (malformed) {
      complaints.push("`${` starts a variable, such as ${SIP_PASSWORD}; write $${ for the characters themselves.");
    }
    if (complaints.length > 0) this.#unresolved.add(node);
    const place = this.#placeAt(node.range?.[0] ?? 0);
    const path = formatPath(pathOf(node, ancestors));
    return complaints.map((message) => ({ code: "ERR_LAB_ENVIRONMENT", place, path, message }));
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
    const pair = isMap(parent) ? this.#pairsOf(parent).get(String(step)) : undefined;
    return pair && { key: pair.key as Node, value: this.#resolve(pair.value), complete: true };
  }

  /** The pairs of a mapping by key: its own, then what `<<` merges in. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known) return known;
    const pairs = new Map<string, Pair>();
    this.#pairs.set(map, pairs);
    const merged: unknown[] = [];
    for (const pair of map.items) {
      if (!isScalar(pair.key)) continue;
      if (pair.key.source === "<<") merged.push(this.#resolve(pair.value));
      else pairs.set(String(pair.key.value), pair);
    }
    for (const source of merged.flatMap((node) => (isSeq(node) ? node.items : [node]))) {
      const node = this.#resolve(source);
      if (!isMap(node)) continue;
      for (const [key, pair] of this.#pairsOf(node)) if (!pairs.has(key)) pairs.set(key, pair);
    }
    return pairs;
  }

  #resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return (node ?? undefined) as Node | undefined;
  }
}

/** Errors of the YAML parser that quote the text, which may be a password. */
const QUOTING_ERRORS = new Set(["BAD_DIRECTIVE", "BAD_DQ_ESCAPE", "TAG_RESOLVE_FAILED", "UNEXPECTED_TOKEN"]);

function syntaxMessage(code: string, message: string, around: string): string {
  if (around === "${") return 'within { } and [ ] a variable stands in quotes: "${NAME}"';
  return QUOTING_ERRORS.has(code) ? "this is not YAML. Does it need quotes?" : message;
}

/** A number counts as one only in its plain form: the directory number 0123, or one of twenty digits, keeps its digits. */
function keepDigits(node: Scalar): void {
  if (typeof node.value === "number" && node.source !== undefined && String(node.value) !== node.source) {
    node.value = node.source;
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
