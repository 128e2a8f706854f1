import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { defects } from "../../src/callmanager/index.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import type { Setup, SubjectReport } from "../../src/selftest/index.ts";
import { subjectsOf } from "../../src/selftest/subjects.ts";
import { compiledSelftest } from "../support/compiled-selftest.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Reports by name of the subject, each there to be awaited while the others are still tried. */
class Reports {
  readonly #arrived = new Map<string, SubjectReport>();
  readonly #waiting = new Map<string, (report: SubjectReport) => void>();
  readonly add = (report: SubjectReport): void => {
    this.#arrived.set(report.subject.name, report);
    this.#waiting.get(report.subject.name)?.(report);
  };

  async of(name: string): Promise<SubjectReport> {
    return this.#arrived.get(name) ?? (await new Promise((resolve) => this.#waiting.set(name, resolve)));
  }
}

describe("scenarios of a rule", function () {
  this.timeout(120_000);
  const reports = new Reports();
  const abort = new AbortController();
  let folder: string;
  let running: Promise<unknown>;
  let failed: Promise<never>;

  before(async () => {
    const runSelftest = await compiledSelftest();
    folder = mkdtempSync(join(tmpdir(), "offhook-catalogue-"));
    const setup: Setup = {
      ...{ cwd: ROOT, lab: join(ROOT, "scenarios/reference.lab.yaml"), paths: ["scenarios"], places: [] },
      subjects: { defects: defects.map(({ name }) => name), variants: [], rules: [] },
      ...{ concurrency: 8, timeoutMs: 60_000, folder, keep: false, untilCaught: true },
    };
    const subjects = subjectsOf(setup.subjects);
    running = runSelftest({
      ...{
        setup,
        subjects,
        groups: [...subjects.keys()].map((index) => [index]),
        processes: availableParallelism(),
        clock: systemClock,
      },
      signal: abort.signal,
      onReport: reports.add,
    });
    failed = running.then(() => new Promise<never>(() => undefined));
    failed.catch(() => undefined);
  });
  after(async () => {
    abort.abort();
    await running.catch(() => undefined);
    rmSync(folder, { recursive: true });
  });

  async function reportOf(name: string): Promise<SubjectReport> {
    return await Promise.race([reports.of(name), failed]);
  }

  it("are green on the correct call manager", async () => {
    const { red, troubles } = await reportOf("correct");
    expect(red.map(({ title, message = "" }) => `${title}: ${message}`)).to.deep.equal([]);
    expect(troubles).to.deep.equal([]);
  });

  for (const { name, rule, title } of defects) {
    it(`of ${rule} catch a call manager that ${title} (${name})`, async () => {
      const { verdict, counts, troubles } = await reportOf(name);
      expect(verdict, `${JSON.stringify(counts)} ${troubles.join("; ")}`).to.equal("caught");
    });
  }
});
