import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("docs/rules.md", () => {
  it("is what `npm run docs:rules` makes", async () => {
    const { out } = await say(["list", "--rules", "--markdown"], { cwd: ROOT });
    expect(readFileSync(join(ROOT, "docs/rules.md"), "utf8") === out, "run `npm run docs:rules` and commit what it makes").to.equal(true);
  });
});
