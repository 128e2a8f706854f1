import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PATH = /`((?:src|test|scenarios|docs|bench)\/[\w./-]*)`/g;

describe("docs", () => {
  for (const name of readdirSync(join(ROOT, "docs")).filter((file) => file.endsWith(".md"))) {
    it(`name only files and folders that are there, in ${name}`, () => {
      const text = readFileSync(join(ROOT, "docs", name), "utf8");
      const paths = [...text.matchAll(PATH)].map(([, path = ""]) => path);
      expect(paths.filter((path) => !existsSync(join(ROOT, path)))).to.deep.equal([]);
    });
  }
});
