import type { z } from "zod";
import { didYouMean } from "../core/text.ts";
import { formatPath, type LabSource, type Path } from "./lab-source.ts";
import type { LabErrorCode, LabProblem } from "./problems.ts";

type Issue = z.core.$ZodIssue;

/** What the schema has against a file, in words, at its place in the text. `keysAt` names the keys allowed at a path. */
export function describeIssue(
  issue: Issue,
  source: LabSource,
  keysAt: (path: Path) => readonly string[],
): LabProblem[] {
  if (source.isUnresolved(issue.path)) return [];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(key, issue.path, source, keysAt(issue.path)));
  }
  const value = valueAt(source.data, issue.path);
  if (issue.code === "invalid_union" && value !== undefined) {
    const branch = meantBranch(issue);
    if (branch) {
      const within = branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
      return within.flatMap((inner) => describeIssue(inner, source, keysAt));
    }
  }
  const missing = value === undefined && issue.path.length > 0;
  const code: LabErrorCode = missing ? "ERR_LAB_KEY" : "ERR_LAB_VALUE";
  const message = missing ? "is missing" : complaint(issue, value, source.written(issue.path));
  return [{ code, place: source.place(issue.path), path: formatPath(issue.path), message }];
}

function unknownKey(key: string, path: Path, source: LabSource, known: readonly string[]): LabProblem {
  const hint = didYouMean(key, known) || (known.length > 0 ? ` Known here: ${known.join(", ")}.` : "");
  return {
    code: "ERR_LAB_KEY",
    place: source.place([...path, key], "key"),
    path: formatPath(path),
    message: `unknown key "${key}".${hint}`,
  };
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | null | undefined)?.[step],
    data,
  );
}

/** The alternative that the value has the kind of, when there is just one. */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const wrongKind = (inner: Issue): boolean =>
    inner.path.length === 0 && (inner.code === "invalid_type" || inner.code === "invalid_union");
  const branches = issue.errors.filter((branch) => !branch.some(wrongKind));
  return branches.length === 1 ? branches[0] : undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  tuple: "a list",
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

/** `written` is the scalar as the file has it: a variable stays a name, so that no secret gets into a message. */
function complaint(issue: Issue, value: unknown, written: string | undefined): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${KINDS[issue.expected] ?? issue.expected}, is ${kindOf(value)}`;
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const is = written === undefined ? kindOf(value) : `"${written}"`;
      return `must be ${inWords(allowed)}, is ${is}.${written === undefined ? "" : didYouMean(written, allowed)}`;
    }
    case "too_small":
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case "too_big":
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "invalid_key":
      return issue.issues.map((inner) => `its name ${inner.message}`).join("; ");
    default:
      return issue.message;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isInteger(value) ? "a whole number" : "a number";
  return KINDS[typeof value] ?? typeof value;
}

function unitOf(origin: string): string {
  if (origin === "array") return " long";
  return origin === "string" ? " characters" : "";
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}
