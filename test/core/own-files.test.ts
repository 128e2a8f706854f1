import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { MODULE_EXTENSION, MODULE_ROOT, ownModule, PACKAGE_ROOT } from "../../src/core/own-files.ts";
import { loadCompiler } from "../support/compiler.ts";

const ROOT = new URL("../../", import.meta.url);

describe("own files", () => {
  it("are the sources where modules are loaded from there", () => {
    expect([PACKAGE_ROOT.href, MODULE_ROOT.href]).to.deep.equal([ROOT.href, new URL("src/", ROOT).href]);
    expect(ownModule("selftest/worker").href).to.equal(new URL("src/selftest/worker.ts", ROOT).href);
    expect(MODULE_EXTENSION).to.equal("ts");
  });

  it("are those of the folder that was made of them, in which all are that are named", async () => {
    const compile = await loadCompiler();
    const built = new URL(".build/", ROOT);
    await compile(fileURLToPath(new URL("src/", ROOT)), fileURLToPath(built));
    for (const place of ["index.js", "scenarios/module-hook.js", "selftest/worker.js", "reporters/html/page/page.js"]) {
      expect(existsSync(new URL(place, built)), place).to.equal(true);
    }
  });
});
