import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { RunWorkers, usualWorkers, whyOneWorker, type WorkerTask } from "../../src/cli/run-workers.ts";
import { parseLab } from "../../src/inventory/index.ts";
import { RunLedger } from "../../src/scenarios/index.ts";
import { lastRun, startOffhook, verdictsOf } from "../support/offhook.ts";
import type { Peer } from "../support/programs.ts";

const HEAD = `import { existsSync, watch, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { expect, scenario } from "offhook";
const R = { rules: ["REG-03"], phones: { alice: {} } } as const;
const registers = async ({ phones: { alice } }) => { expect(await alice.register()).to.be.registered(); };
const meet = async (mine, other) => {
  writeFileSync(mine, "");
  if (!existsSync(other)) await new Promise((resolve) => {
    const watcher = watch(".", () => { if (existsSync(other)) { watcher.close(); resolve(); } });
    if (existsSync(other)) { watcher.close(); resolve(); }
  });
};
`;

/** Two that end only when both run, with one at once in each thread. */
const MEETING = `${HEAD}
scenario("meets the second", R, async (context) => { await registers(context); await meet("1.met", "2.met"); });
scenario("meets the first", R, async (context) => { await registers(context); await meet("2.met", "1.met"); });
for (const number of [3, 4, 5, 6]) scenario("registers " + number, R, registers);
`;

/** Whichever thread has the first one waits until the other has the second. */
const atMeeting = (work: string): string => `${HEAD}
const both = async (context, mine, other) => {
  await registers(context);
  await meet(mine, other);
  if (!isMainThread) ${work}
  else await new Promise(() => undefined);
};
scenario("one", R, async (context) => await both(context, "1.met", "2.met"));
scenario("two", R, async (context) => await both(context, "2.met", "1.met"));
`;

const LAB = `
target: { embedded: true }
users: { swhite: { password: s3cret } }
securityProfiles: { digest: { digestAuthentication: true } }
devices: { alice: { type: basic, digestUser: swhite, securityProfile: digest, lines: ["1002"] } }
`;

describe("offhook run --workers", function () {
  this.timeout(60_000);
  let cwd: string;
  let peer: Peer | undefined;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-workers-"));
  });
  afterEach(async () => {
    peer?.signal("SIGKILL");
    await peer?.exited;
    rmSync(cwd, { recursive: true });
  });

  function start(script: string, ...args: string[]): Peer {
    writeFileSync(join(cwd, "it.scenario.ts"), script);
    peer = startOffhook(["run", "it.scenario.ts", "--workers", "2", "-j", "2", ...args], { cwd });
    return peer;
  }

  it("shares scenarios between threads, each once, in one journal and one order", async () => {
    const run = start(MEETING);
    expect(await run.exited, run.output).to.equal(0);
    const record = lastRun(cwd);
    expect(Object.values(verdictsOf(record))).to.deep.equal(Array(6).fill("passed"));
    const indexes = record.scenarios.flatMap(({ messages }) => messages.map(({ index }) => index));
    expect(new Set(indexes)).to.have.property("size", indexes.length);
    expect(run.output).to.match(/meets the second[^]*meets the first[^]*registers 3[^]*registers 6/);
    expect(run.output).to.contain(" (the first of 2, one for each worker), profile");
  });

  it("ends what all threads run at a signal", async () => {
    const run = start(atMeeting("{ process.stdout.write('met\\n'); await new Promise(() => undefined); }"));
    await run.says("met");
    run.signal("SIGINT");
    expect(await run.exited, run.output).to.equal(130);
    expect(verdictsOf(lastRun(cwd))).to.deep.equal({ one: "skipped", two: "skipped" });
  });

  it("says so when a script ends its thread", async () => {
    const run = start(atMeeting("process.exit(5);"));
    expect(await run.exited, run.output).to.equal(2);
    expect(run.output).to.contain("ended early, with exit code 5: a script calls process.exit");
  });

  it("tells of an error that no scenario is to blame for, whichever thread it is in", async () => {
    const stray = `${HEAD}if (!isMainThread) setTimeout(() => { throw new TypeError("from nowhere"); });`;
    const run = start(`${stray}${MEETING.slice(HEAD.length)}`);
    expect(await run.exited, run.output).to.equal(70);
    expect(run.output).to.contain("TypeError: from nowhere");
  });

  it("is refused where the phones have to share one target", async () => {
    const run = start(MEETING, "--target", "sip:127.0.0.1:5060");
    expect(await run.exited, run.output).to.equal(2);
    expect(run.output).to.contain("--workers 2 cannot be: the target is one, with one inventory");
  });
});

describe("threads that load before it is known what they are to do", function () {
  this.timeout(60_000);
  let cwd: string;
  let workers: RunWorkers;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-threads-"));
  });
  afterEach(async () => {
    await workers.close();
    rmSync(cwd, { recursive: true });
  });

  /** Starts one thread of the two that load; resolves with what it tells first. */
  async function firstWordOf(script: string, ids: readonly string[]): Promise<unknown> {
    const file = join(cwd, "it.scenario.ts");
    writeFileSync(file, script);
    workers = new RunWorkers({ files: [file], cwd });
    workers.load(2);
    const lab = parseLab(LAB, "a.lab.yaml", { env: {} });
    const settings = { lab, seed: "s", impair: undefined, drachtio: undefined, logLevel: "silent" } as const;
    const task: WorkerTask = {
      ids,
      journal: { file: join(cwd, "results.ndjson"), unmasked: false },
      ledger: RunLedger.ofScenarios(ids.length).buffer,
      settings: { ...settings, concurrency: 1, timeoutMs: 10_000, bail: 0, strict: false, retries: 0 },
    };
    return await new Promise((resolve) => {
      workers.start(1, task, {
        onEnded: (_scenario, { verdict }) => {
          resolve(verdict);
        },
        onStray: resolve,
        onBroken: resolve,
      });
    });
  }

  it("run what they are given then, and those that are not needed end", async () => {
    const script = `${HEAD}scenario("registers", R, registers);`;
    expect(await firstWordOf(script, ["it.scenario.ts › registers"])).to.equal("passed");
  });

  it("tell then what kept them from it", async () => {
    const error = await firstWordOf(`throw new Error("not today");`, ["it.scenario.ts › registers"]);
    expect(error).to.be.an("error").with.property("message").that.contains("not today");
  });
});

describe("how many workers share a run", () => {
  const labOf = (text: string): ReturnType<typeof parseLab> => parseLab(text, "a.lab.yaml", { env: {} });

  it("is one for few scenarios, and never more than are to run at once", () => {
    expect([usualWorkers(0), usualWorkers(10), usualWorkers(1_000, 1)]).to.deep.equal([1, 1, 1]);
  });

  for (const [title, text, why] of [
    ["a foreign target", "target: { host: 192.0.2.1 }", /the target is one/],
    ["a port of the target", "target: { embedded: true, port: 5062 }", /names the target's port/],
    ["ports of the phones", "target: { embedded: true }\nlocal: { ports: [20000, 20100] }", /names the phones' ports/],
  ] as const) {
    it(`has to be one with ${title}`, () => {
      expect(whyOneWorker(labOf(text), false)).to.match(why);
    });
  }

  it("may be several with a call manager for each, on ports that the system picks", () => {
    expect(whyOneWorker(labOf("target: { embedded: true }"), false)).to.equal(undefined);
    expect(whyOneWorker(labOf("target: { embedded: true }"), true)).to.match(/drachtio-server/);
  });
});
