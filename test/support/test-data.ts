import { existsSync } from "node:fs";
import path from "node:path";

const ROOT = process.env["OFFHOOK_TEST_DATA"] ?? path.resolve(import.meta.dirname, "../../../shared/data");

/**
 * Path of independent test data (which is not part of this repository), or undefined where it is absent: a test that
 * needs it skips then. `OFFHOOK_TEST_DATA` names the folder; default `../shared/data` beside the repository.
 */
export function testData(...segments: string[]): string | undefined {
  const file = path.join(ROOT, ...segments);
  return existsSync(file) ? file : undefined;
}
