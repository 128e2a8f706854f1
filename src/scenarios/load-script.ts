import { register } from "node:module";
import { setSourceMapsEnabled } from "node:process";
import { pathToFileURL } from "node:url";
import { asError, UsageError } from "../core/errors.ts";
import { MODULE_ROOT, ownModule } from "../core/own-files.ts";
import type { HookData } from "./module-hook.ts";
import { placeInStack } from "./source-place.ts";

/** How the loader tells the first of the syntax errors in a script: place and complaint. */
const SYNTAX_ERROR = /^(.+:\d+:\d+): ERROR: (.+)$/m;

let hooked = false;

/** Registers the loader once per process; Node keeps hooks for good. */
function registerHook(): void {
  if (hooked) return;
  hooked = true;
  setSourceMapsEnabled(true);
  const data: HookData = { entryUrl: ownModule("index").href, ownRoot: MODULE_ROOT.href };
  register(ownModule("scenarios/module-hook"), { data });
}

function loadError(file: string, error: Error): UsageError {
  if (error instanceof UsageError) return error;
  const place = placeInStack(error.stack, file);
  const syntax = SYNTAX_ERROR.exec(error.message);
  const where = syntax?.[1] ?? (place ? `${file}:${place.line}` : file);
  return new UsageError(`${where} does not load: ${syntax?.[2] ?? error.message}`, {
    code: "ERR_SCRIPT",
    details: { file },
    cause: error,
  });
}

/**
 * Loads a script of a user, JavaScript or TypeScript, from any folder; `offhook` in it is the running package. Node runs
 * a script once, however often it is asked for.
 * @param file absolute path.
 * @returns what the script exports.
 * @throws {UsageError} ERR_SCRIPT with file and line: it does not load, or threw while it did.
 */
export async function loadScript(file: string): Promise<Readonly<Record<string, unknown>>> {
  registerHook();
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw loadError(file, asError(error));
  }
}
