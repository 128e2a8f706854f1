import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { asError } from "../core/errors.ts";
import { buildLab } from "./build-lab.ts";
import { checkCertificates } from "./certificate-checks.ts";
import { checkLab } from "./checks.ts";
import { describeIssue } from "./describe-issue.ts";
import type { Environment } from "./environment.ts";
import { LabSource, type Path } from "./lab-source.ts";
import type { Lab } from "./model.ts";
import { inventoryError, throwProblems, type LabProblem } from "./problems.ts";
import { keysAt } from "./schema-keys.ts";
import { labFile, type LabFile } from "./schema.ts";

export interface LoadOptions {
  /** What `${NAME}` stands for: `process.env`, or a test's own. */
  readonly env: Environment;
}

/**
 * Reads and checks a lab file.
 * @returns the lab with every reference resolved and every default filled in.
 * @throws {InventoryError} as {@link parseLab}, and ERR_LAB_FILE: the file or one of the certificates that it names
 *   cannot be read.
 */
export async function loadLab(file: string, options: LoadOptions): Promise<Lab> {
  const { lab, entries, source, problems } = readLab(await readText(file), file, options);
  throwProblems([...problems, ...(await checkCertificates(entries, source))]);
  return lab;
}

/**
 * Checks the text of a lab file; `file` names it in places and messages. All problems of the file are found in one go.
 * Certificates that it names are not looked at.
 * @throws {InventoryError} with the code of the first problem: ERR_LAB_SYNTAX (not YAML), ERR_LAB_KEY (unknown or
 *   missing key), ERR_LAB_VALUE, ERR_LAB_REFERENCE (a name that nothing has), ERR_LAB_DUPLICATE, ERR_LAB_ENVIRONMENT
 *   (variable not set), ERR_LAB_RULE (the document forbids it). `details.problems` lists all as {@link LabProblem}.
 */
export function parseLab(text: string, file: string, options: LoadOptions): Lab {
  const { lab, problems } = readLab(text, file, options);
  throwProblems(problems);
  return lab;
}

/** What the text of a lab file comes to, and all that is wrong with it. */
interface ReadLab {
  readonly lab: Lab;
  /** Without those that have problems. */
  readonly entries: LabFile;
  readonly source: LabSource;
  readonly problems: readonly LabProblem[];
}

function readLab(text: string, file: string, options: LoadOptions): ReadLab {
  const problems: LabProblem[] = [];
  const source = new LabSource(text, file, options.env, problems);
  if (problems.some((problem) => problem.code === "ERR_LAB_SYNTAX")) throwProblems(problems);
  const checked = labFile.safeParse(source.data);
  if (!checked.success) problems.push(...checked.error.issues.flatMap((issue) => describeIssue(issue, source, keysAt)));
  const entries = checked.success ? checked.data : usableRest(source.data, checked.error.issues);
  const lab = buildLab(entries, source, problems);
  return { lab, entries, source, problems: [...problems, ...checkLab(lab)] };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw inventoryError({
      code: "ERR_LAB_FILE",
      place: { file, line: 1, column: 1 },
      path: "",
      message: isMissing(error)
        ? "cannot read the lab file: there is none of that name"
        : `cannot read the lab file: ${asError(error).message}`,
    });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** The file without the entries that have issues, so that the references of the others are checked in the same go. */
function usableRest(data: unknown, issues: readonly z.core.$ZodIssue[]): LabFile {
  const rest = isMapping(data) ? structuredClone(data) : {};
  for (const issue of issues) {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    for (const path of keys.length > 0 ? keys.map((key) => [...issue.path, key]) : [issue.path])
      removeEntry(rest, path);
  }
  return labFile.parse(rest);
}

function isMapping(data: unknown): data is Record<PropertyKey, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** Removes what `path` leads to, at the depth of a named entry (`devices.SEP1`), or a section that is no mapping. */
function removeEntry(rest: Record<PropertyKey, unknown>, [section, name]: Path): void {
  if (section === undefined) return;
  const entries = rest[section];
  if (name !== undefined && isMapping(entries)) Reflect.deleteProperty(entries, name);
  else Reflect.deleteProperty(rest, section);
}
