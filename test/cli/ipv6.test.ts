import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { lastRun, startOffhook, verdictsOf } from "../support/offhook.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Scripts that put addresses and domains into URIs by themselves. */
const SCRIPTS = [
  "extensions/dialog-subscription",
  "identity/forged-instance",
  "provisioning/proxy-address",
  "transport/secure-uris",
].map((name) => join(ROOT, "scenarios", `${name}.scenario.ts`));

describe("offhook run over IPv6", function () {
  this.timeout(60_000);
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-ipv6-"));
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  it("goes as over IPv4", async () => {
    const lab = readFileSync(join(ROOT, "scenarios/reference.lab.yaml"), "utf8");
    expect(lab).to.contain("host: 127.0.0.1");
    // The same address in two spellings: phones know the call manager by the one, it listens on the other.
    const place = 'host: "::1"\n  domain: "0:0:0:0:0:0:0:1"';
    writeFileSync(join(cwd, "v6.lab.yaml"), lab.replace("host: 127.0.0.1", place));
    const peer = startOffhook(["run", "--lab", "v6.lab.yaml", ...SCRIPTS], { cwd });
    expect(await peer.exited, peer.output).to.equal(0);
    const verdicts = Object.values(verdictsOf(lastRun(cwd)));
    expect(verdicts.length).to.be.greaterThan(8);
    expect(new Set(verdicts)).to.deep.equal(new Set(["passed"]));
  });
});
