import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";
import { lastRun, startOffhook, verdictsOf } from "../support/offhook.ts";

const REGISTERS = fileURLToPath(new URL("../../scenarios/registration/registers.scenario.ts", import.meta.url));
const BASIC_CALL = fileURLToPath(new URL("../../scenarios/calls/basic-call.scenario.ts", import.meta.url));

describe("offhook run --drachtio", function () {
  this.timeout(60_000);
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-drachtio-"));
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  it("runs scenarios through a server that the phones share, and skips what that cannot do", async () => {
    const listen = ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"].flatMap((address) => ["--listen", address]);
    const server = startOffhook(["drachtio", ...listen, "--port", "0", "--secret", "s3cret"], { cwd });
    await server.says("Ctrl-C ends it");
    const place = /on (127\.0\.0\.1:\d+) for app/.exec(server.output)?.[1] ?? "";
    const run = startOffhook(["run", REGISTERS, BASIC_CALL, "--drachtio", place, "--reporter", "dots"], {
      cwd,
      env: { OFFHOOK_DRACHTIO_SECRET: "s3cret" },
    });
    expect(await run.exited, run.output).to.equal(0);
    await server.stop();
    const record = lastRun(cwd);
    const verdicts = Object.values(verdictsOf(record));
    expect(new Set(verdicts)).to.deep.equal(new Set(["passed", "skipped"]));
    expect(verdicts.filter((verdict) => verdict === "passed").length).to.be.greaterThan(verdicts.length / 2);
    expect(run.output).to.include(`share the drachtio-server at ${place}: no ports of their own, no octet-exact trace`);
    expect(run.output).to.include("needs the embedded engine");
    expect(JSON.stringify(record.start)).to.include(place).and.not.include("s3cret");
  });

  it("says that no server is there, and takes no address that is none", async () => {
    const nobody = await say(["run", REGISTERS, "--drachtio", "127.0.0.1:9"], { cwd });
    expect(nobody.exitCode).to.equal(3);
    expect(nobody.err).to.match(/No drachtio-server to be had at 127\.0\.0\.1:9: .* Check --drachtio/);
    for (const [words, line] of [
      [["--drachtio", "a:b:c"], /--drachtio "a:b:c" is no address/],
      [["--drachtio", "a:99999"], /is no address/],
      [["--drachtio", "a", "--impair", "loss=1%"], /--impair works on our own engine/],
    ] as const) {
      const said = await say(["run", REGISTERS, ...words], { cwd });
      expect([said.exitCode, said.out]).to.deep.equal([2, ""]);
      expect(said.err).to.match(line);
    }
  });
});
