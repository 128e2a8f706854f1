import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { testData } from "../support/test-data.ts";
import { DELIVERIES, FuzzCases, type FuzzCase } from "./cases.ts";
import { Dice } from "./dice.ts";
import { repeatCommand, writeFinding } from "./findings.ts";
import { CATALOGUE } from "./mutations/index.ts";
import { readAsUserAgent } from "./parser-target.ts";
import { BUILT_IN_SEEDS, loadSeeds } from "./seeds.ts";
import { StepCounter } from "./step-counter.ts";

const GATE_CASES = 500;

/** Runs a script of this folder in a process of its own. */
function run(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { output: string; status: number | null } {
  const file = path.resolve(import.meta.dirname, script);
  const child = spawnSync(process.execPath, ["--import", "tsx", file, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 120_000,
  });
  return { output: child.stdout + child.stderr, status: child.status };
}

describe("fuzzing", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "offhook-fuzz-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [seed, env] of [
    ["gate", {}],
    ["gate-without-data", { OFFHOOK_TEST_DATA: "/nonexistent" }],
  ] as const) {
    it(`finds nothing in ${GATE_CASES} cases of the seed ${seed}`, function () {
      this.timeout(120_000);
      const { output, status } = run("main.ts", ["--seed", seed, "--cases", String(GATE_CASES)], env);
      expect(output)
        .to.match(new RegExp(`^seed ${seed}, `))
        .and.include(`${GATE_CASES} cases, 0 findings`);
      expect(status).to.equal(0);
    });
  }

  it("reads or refuses what each mutation makes of each built-in seed", () => {
    for (const mutation of CATALOGUE) {
      BUILT_IN_SEEDS.forEach((seed, index) => {
        for (const message of [mutation.apply(seed, new Dice(`${mutation.name} ${index}`))].flat()) {
          readAsUserAgent(Buffer.from(message, "latin1"));
        }
      });
    }
  });

  it("has a mutation for every row of the catalogue", function () {
    const catalogue = testData("fuzz", "mutations.json");
    if (catalogue === undefined) return this.skip();
    const rows = JSON.parse(readFileSync(catalogue, "utf8")) as { id: string; mutation: string }[];
    const covered = new Set(CATALOGUE.flatMap((mutation) => mutation.rows ?? []));
    const missing = rows.filter(({ id }) => !covered.has(id)).map(({ id, mutation }) => `${id} ${mutation}`);
    expect(missing).to.deep.equal([]);
  });

  it("makes the same cases of the same seed, and others of another", () => {
    const [one, again, other] = ["a", "a", "b"].map((seed) => new FuzzCases(seed, loadSeeds())) as [
      FuzzCases,
      FuzzCases,
      FuzzCases,
    ];
    const first = Array.from({ length: 60 }, (_, index) => shown(one.at(index)));
    expect(first).to.deep.equal(first.map((_, index) => shown(again.at(index))));
    expect(first).to.not.deep.equal(first.map((_, index) => shown(other.at(index))));
  });

  it("delivers in every way", () => {
    const cases = new FuzzCases("ways", loadSeeds());
    const ways = Array.from({ length: 300 }, (_, index) => cases.at(index)).map((one) =>
      one.kind === "message" ? one.delivery : "growth",
    );
    expect([...new Set(ways)].sort()).to.deep.equal([...DELIVERIES, "growth"].sort());
  });

  describe("findings", () => {
    it("are files with the octets and the command that repeats them", () => {
      const [one] = [new FuzzCases("s", loadSeeds()).at(3)];
      const finding = { seed: "s", from: 3, count: 1, problem: "falls over", cases: [one] };
      const written = JSON.parse(readFileSync(writeFinding(folder, finding), "utf8")) as {
        repeat: string;
        problem: string;
        cases: { messages: { base64: string }[] }[];
      };
      expect(written.repeat).to.equal("npm run fuzz -- --seed s --from 3 --cases 1").and.equal(repeatCommand(finding));
      expect(written.problem).to.equal("falls over");
      const octets = written.cases[0]?.messages.map(({ base64 }) => Buffer.from(base64, "base64"));
      expect(octets).to.deep.equal(one.kind === "message" ? one.messages : undefined);
    });

    it("are made of work that blocks the process: it is killed, the case is told", function () {
      this.timeout(30_000);
      const { output, status } = run("fixtures/hangs.ts", ["s", "7", folder]);
      expect(status).to.equal(null);
      expect(output)
        .to.include("case 7 keeps the process busy")
        .and.include("npm run fuzz -- --seed s --from 7 --cases 1");
      expect(readdirSync(folder)).to.deep.equal(["s-7.json"]);
    });
  });

  it("counts steps that double with linear work and grow fourfold with quadratic work, hidden in built-ins too", async () => {
    const counter = new StepCounter(/\/fuzz\/fixtures\//);
    counter.start();
    try {
      const { linear, quadratic, quadraticSearch } = await import("./fixtures/loops.ts");
      const items = (length: number): number[] => Array.from({ length }, (_, index) => index);
      const ratio = (work: (size: number) => void): number => {
        const [once, twice] = [500, 1000].map((size) =>
          counter.count(() => {
            work(size);
          }),
        ) as [number, number];
        return twice / once;
      };
      expect(ratio((size) => linear(items(size)))).to.be.closeTo(2, 0.1);
      expect(ratio((size) => quadratic(items(size)))).to.be.closeTo(4, 0.1);
      expect(ratio((size) => quadraticSearch("x".repeat(size)))).to.be.closeTo(4, 0.1);
    } finally {
      counter.stop();
    }
  });
});

function shown(one: FuzzCase): unknown {
  return one.kind === "growth"
    ? one.title
    : [one.title, one.delivery, one.messages.map((octets) => octets.toString("base64"))];
}
