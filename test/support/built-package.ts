import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Leaves every import where it is; of our own the built file is meant. */
const FILE_BY_FILE: Plugin = {
  name: "file-by-file",
  setup: ({ onResolve }) => {
    onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/^(\..*)\.ts$/, "$1.js"), external: true },
    );
  },
};

async function buildPackage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-built-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true });
  });
  await build({
    entryPoints: ["src/**/*.ts"],
    ...{ absWorkingDir: ROOT, outbase: "src", outdir: join(folder, "dist") },
    ...{ bundle: true, plugins: [FILE_BY_FILE], format: "esm", platform: "node", target: "node20", logLevel: "error" },
  });
  const page = "reporters/html/page";
  cpSync(join(ROOT, "src", page), join(folder, "dist", page), { recursive: true });
  for (const name of ["bin", "package.json"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ["node_modules", "scenarios"]) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

let built: Promise<string> | undefined;

/**
 * The package as it is published, built once for all tests of this process, without checking types. It starts in half the
 * time of the sources, which are read and compiled one by one at each start.
 * @returns its folder.
 */
export async function builtPackage(): Promise<string> {
  return await (built ??= buildPackage());
}
