import { createSocket, type Socket } from "node:dgram";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";
import { lastRun, startOffhook, verdictsOf } from "../support/offhook.ts";
import { freePort, type Peer } from "../support/programs.ts";

const HEAD = `import { expect, scenario } from "offhook";
const R = { rules: ["REG-03"], phones: { alice: {}, bob: {} } } as const;
async function talk({ phones: { alice, bob } }) {
  expect(await alice.register()).to.be.registered();
  await bob.register();
  const call = await alice.call(bob);
  await (await bob.nextInvite()).accept();
  expect(await call.final()).to.have.status(200);
  return call;
}
`;

const HOSTILE = `${HEAD}
scenario("passes", R, async (context) => { await (await talk(context)).hangUp(); });
scenario("throws", R, async () => { throw new TypeError("oops"); });
scenario("never resolves", { ...R, timeoutMs: 1500 }, async (context) => {
  await talk(context);
  await new Promise(() => undefined);
});
scenario("leaves a call up", R, async (context) => { await talk(context); });
scenario("rejects behind its back", R, async ({ phones: { alice } }) => {
  void Promise.reject(new TypeError("nobody awaits me"));
  expect(await alice.register()).to.be.registered();
  await new Promise(() => undefined);
});
scenario("needs what is not there", { rules: ["REG-03"], phones: { x: { type: "cisco", lines: 17 } } }, async () => {});
scenario("passes too", R, async (context) => { await (await talk(context)).hangUp(); });
`;

const HOSTILE_VERDICTS = {
  passes: "passed",
  throws: "error",
  "never resolves": "error",
  "leaves a call up": "error",
  "rejects behind its back": "error",
  "needs what is not there": "skipped",
  "passes too": "passed",
};

/** Scenarios that talk for ever, and say so. */
const ENDLESS = `${HEAD}
for (const number of [1, 2, 3]) {
  scenario("talks " + number, R, async (context) => {
    await talk(context);
    process.stdout.write("talking " + number + "\\n");
    await new Promise(() => undefined);
  });
}
`;

/** One that passes at its second try only, and one that always passes. */
const SHAKY = `${HEAD}
let tries = 0;
scenario("shaky", R, async ({ phones: { alice } }) => {
  expect(await alice.register()).to.be.registered();
  expect(++tries).to.equal(2);
});
scenario("sound", R, async ({ phones: { alice } }) => { expect(await alice.register()).to.be.registered(); });
`;

describe("offhook run", function () {
  this.timeout(60_000);
  let cwd: string;
  let peers: Peer[];

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-run-"));
    peers = [];
    writeFileSync(join(cwd, "hostile.scenario.ts"), HOSTILE);
    writeFileSync(join(cwd, "endless.scenario.ts"), ENDLESS);
  });
  afterEach(async () => {
    for (const peer of peers) peer.signal("SIGKILL");
    await Promise.all(peers.map((peer) => peer.exited));
    rmSync(cwd, { recursive: true });
  });

  function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Peer {
    const peer = startOffhook(args, { cwd, env });
    peers.push(peer);
    return peer;
  }

  /** Scenarios of the last run in which a phone sent such a message. */
  function scenariosThatSent(method: string): number {
    const senders = lastRun(cwd).scenarios.filter((scenario) =>
      scenario.messages.some(({ direction, octets }) => direction === "sent" && octets.startsWith(`${method} `)),
    );
    return senders.length;
  }
  const callsMade = (): number => scenariosThatSent("INVITE");
  const hungUp = (): number => scenariosThatSent("BYE");

  it("puts each mistake of a script on its own scenario, side by side and one after the other", async () => {
    for (const args of [[], ["-j", "1"]]) {
      const peer = start(["run", "hostile.scenario.ts", ...args], { CI: "1" });
      expect(await peer.exited, peer.output).to.equal(1);
      expect(verdictsOf(lastRun(cwd)), args.join(" ")).to.deep.equal(HOSTILE_VERDICTS);
      expect(peer.output).to.match(/^·EEEE-·\n/);
      expect(peer.output).to.contain("run it alone: npx offhook run hostile.scenario.ts:");
      expect(hungUp()).to.equal(callsMade());
    }
    for (const file of ["results.ndjson", "report.html", "junit.xml", "ctrf.json"]) {
      expect(existsSync(join(cwd, "reports/latest", file)), file).to.equal(true);
    }
  });

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`hangs up, unregisters and reports at ${signal}, and exits ${exitCode}`, async () => {
      const peer = start(["run", "endless.scenario.ts", "-j", "2"]);
      await peer.says("talking 2");
      await peer.says("talking 1");
      peer.signal(signal);
      expect(await peer.exited, peer.output).to.equal(exitCode);
      const run = lastRun(cwd);
      expect(run.end).to.deep.include({ interrupted: signal, exitCode });
      expect(Object.values(verdictsOf(run))).to.deep.equal(["skipped", "skipped", "skipped"]);
      expect(callsMade()).to.equal(2);
      expect(hungUp()).to.equal(2);
      expect(peer.output).to.contain(`the run was ended: ${signal} was received`);
      expect(existsSync(join(cwd, "reports/latest/junit.xml"))).to.equal(true);
    });
  }

  it("tries again what failed, says what is flaky, and fails for it only when told so", async () => {
    writeFileSync(join(cwd, "shaky.scenario.ts"), SHAKY);
    const lenient = start(["run", "shaky.scenario.ts", "--retries", "1"]);
    expect(await lenient.exited, lenient.output).to.equal(0);
    expect(lenient.output).to.contain("flaky: passed on attempt 2").and.to.contain("2 passed, 0 failed, 1 flaky");
    const strict = start(["run", "shaky.scenario.ts"], { OFFHOOK_RETRIES: "2", OFFHOOK_FAIL_ON_FLAKY: "true" });
    expect(await strict.exited, strict.output).to.equal(1);
    expect(lastRun(cwd).scenarios.map(({ start: { attempt }, verdict }) => [attempt, verdict])).to.deep.include.members(
      [
        [1, "failed"],
        [2, "passed"],
      ],
    );
  });

  it("runs what did not pass in the last run alone, and says so when there is none", async () => {
    writeFileSync(join(cwd, "shaky.scenario.ts"), SHAKY);
    const nothing = await say(["run", "shaky.scenario.ts", "--last-failed"], { cwd });
    expect(nothing.exitCode).to.equal(2);
    expect(nothing.err).to.contain("no journal of an earlier run");
    expect(await start(["run", "shaky.scenario.ts"]).exited).to.equal(1);
    const again = start(["run", "shaky.scenario.ts", "--last-failed", "--retries", "1"]);
    expect(await again.exited, again.output).to.equal(0);
    expect(verdictsOf(lastRun(cwd))).to.deep.equal({ shaky: "passed" });
    const done = await say(["run", "shaky.scenario.ts", "--last-failed"], { cwd });
    expect(done.exitCode).to.equal(4);
    expect(done.out + done.err).to.contain("0 scenarios did not pass in run ");
  });

  it("leaves a readable journal when it is killed", async () => {
    const peer = start(["run", "endless.scenario.ts"]);
    for (const number of [1, 2, 3]) await peer.says(`talking ${number}`);
    peer.signal("SIGKILL");
    await peer.exited;
    const run = lastRun(cwd);
    expect(run.end).to.equal(undefined);
    expect(verdictsOf(run)).to.deep.equal({
      "talks 1": "incomplete",
      "talks 2": "incomplete",
      "talks 3": "incomplete",
    });
    expect(callsMade()).to.equal(3);
  });

  it("ends after --global-timeout with exit code 124", async () => {
    const peer = start(["run", "endless.scenario.ts", "--global-timeout", "700", "--reporter", "quiet"]);
    expect(await peer.exited, peer.output).to.equal(124);
    expect(lastRun(cwd).end?.interrupted).to.equal("global-timeout");
  });

  it("stops after the first failure with --bail", async () => {
    const peer = start(["run", "hostile.scenario.ts", "-j", "1", "-x"]);
    expect(await peer.exited, peer.output).to.equal(1);
    expect(verdictsOf(lastRun(cwd))).to.deep.include({ passes: "passed", throws: "error", "passes too": "skipped" });
    expect(peer.output).to.contain("× --bail: 1 had failed");
  });

  describe("at a target that is no call manager", () => {
    let garbage: Socket;

    beforeEach(async () => {
      garbage = createSocket("udp4");
      garbage.on("message", (_octets, from) => {
        garbage.send(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), from.port, from.address);
      });
      await new Promise<void>((resolve) => garbage.bind(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
      garbage.close();
    });

    it("is inconclusive within the time of one scenario, and exits 3", async () => {
      const targets = [
        `sip:127.0.0.1:${await freePort()}`,
        `sip:127.0.0.1:${await freePort()};transport=tcp`,
        `sip:127.0.0.1:${garbage.address().port}`,
      ];
      for (const target of targets) {
        const args = ["--target", target, "--timeout", "1000", "-j", "2"];
        const peer = start(["run", "endless.scenario.ts", "--reporter", "quiet", ...args]);
        expect(await peer.exited, peer.output).to.equal(3);
        const run = lastRun(cwd);
        expect(Object.values(verdictsOf(run)), target).to.deep.equal(Array(3).fill("inconclusive"));
        expect(run.end?.durationMs, target).to.be.below(5_000);
      }
    });
  });
});

describe("offhook callmanager", function () {
  this.timeout(30_000);

  it("says which port is in use and by which option to change it", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const { port } = socket.address();
    const { exitCode, err } = await say(["callmanager", "--listen", `udp:127.0.0.1:${port}`]);
    socket.close();
    expect(exitCode).to.equal(3);
    expect(err).to.match(new RegExp(`^offhook: .*udp:127\\.0\\.0\\.1:${port}: the port is in use.* --listen`));
  });
});
