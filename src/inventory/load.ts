import { InternalError } from "../core/errors.ts";
import type { Lab } from "./model.ts";

/** Values of the environment, by name: what `${NAME}` in a lab file stands for. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadOptions {
  readonly env: Environment;
}

/**
 * Reads and checks a lab file.
 * @returns the lab with every reference resolved and every default filled in.
 * @throws {InventoryError} as {@link parseLab}, and ERR_LAB_FILE: the file cannot be read.
 */
export async function loadLab(file: string, options: LoadOptions): Promise<Lab> {
  await Promise.resolve();
  throw new InternalError(`${file} ${Object.keys(options).length}`, { code: "ERR_NOT_YET" });
}
/**
 * Checks the text of a lab file; `file` names it in places and messages. All problems of the file are found in one go.
 * @throws {InventoryError} with the code of the first problem: ERR_LAB_SYNTAX (not YAML), ERR_LAB_KEY (unknown or
 *   missing key), ERR_LAB_VALUE, ERR_LAB_REFERENCE (a name that nothing has), ERR_LAB_DUPLICATE, ERR_LAB_ENVIRONMENT
 *   (variable not set), ERR_LAB_RULE (the document forbids it). `details.problems` lists all as {@link LabProblem}.
 */
export function parseLab(text: string, file: string, options: LoadOptions): Lab {
  throw new InternalError(`${text} ${file} ${Object.keys(options).length}`, { code: "ERR_NOT_YET" });
}
