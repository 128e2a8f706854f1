import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";

const SCRIPT = `import { scenario } from "offhook";
scenario("one registers", { rules: ["REG-03"], phones: { alice: {} } }, async () => {});
scenario("two is refused", { rules: ["REG-06"], controls: ["REG-03"], phones: {} }, async () => {});
`;
const LAB = `target: { embedded: true, transports: [udp] }
securityProfiles: { digest: { digestAuthentication: true } }
users: { u1: { password: p } }
devices:
  a: { type: basic, securityProfile: digest, digestUser: u1, lines: [1001] }
`;

describe("the command line", () => {
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-cli-"));
    mkdirSync(join(cwd, "scripts"));
    writeFileSync(join(cwd, "scripts/my.scenario.ts"), SCRIPT);
    writeFileSync(join(cwd, "my.lab.yaml"), LAB);
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  /** Expects exit code 2, one line on stderr, and nothing on stdout. */
  async function refused(argv: readonly string[], line: RegExp, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const said = await say(argv, { cwd, env });
    expect(said, argv.join(" ")).to.deep.include({ exitCode: 2, out: "" });
    expect(said.err)
      .to.match(line)
      .and.match(/^offhook: [^\n]+\n$/);
  }

  it("says what to do when told nothing", async () => {
    await refused([], /Say what to do: offhook run, list, report, callmanager, drachtio, selftest, lab or digest/);
    await refused(["lab"], /offhook lab check, offhook lab migrate or offhook lab schema/);
  });

  it("suggests the command, option, file, rule or reporter that was meant", async () => {
    await refused(["runn"], /no command "runn"\. Did you mean "run"\?/);
    await refused(["lab", "chek"], /no command "chek"\. Did you mean "check"\?/);
    await refused(["run", "--gerp", "x"], /"offhook run" does not know "--gerp"\. Did you mean "--grep"\?/);
    await refused(["list", "scripts/my.scenaro.ts"], /Did you mean "scripts\/my\.scenario\.ts"\?/);
    await refused(["run", "scripts", "--rule", "REG-3"], /no rule "REG-3"\. Did you mean "REG-03"\?/);
    await refused(["run", "--reporter", "jnit"], /no reporter "jnit"\. Did you mean "junit"\?/);
  });

  it("suggests no option of another command", async () => {
    await refused(["list", "--bail"], /"offhook list" does not know "--bail"\. "offhook list --help"/);
  });

  it("refuses a number of retries that cannot be", async () => {
    for (const count of ["-1", "1.5", "11", "x"])
      await refused(["run", "scripts", "--retries", count], /--retries has to be a whole number from 0 to 10/);
  });

  it("refuses an option without its value, or with one that cannot be", async () => {
    await refused(["run", "--rule"], /--rule needs a value/);
    await refused(["run", "--lab", "--strict"], /--lab needs a value/);
    for (const count of ["0", "-1", "1.5", "many", "99999999999"]) {
      await refused(["run", "-j", count], /--concurrency has to be a whole number from 1 to/);
    }
    await refused(["run", "--log-level", "loud"], /--log-level "loud" is none of "fatal", "error"/);
    await refused(["run", "-g", "("], /--grep "\(" is no regular expression/);
    await refused(["run", "--target", "10.0.0.5"], /"10\.0\.0\.5" is no call manager's URI/);
    await refused(["run", "--reporter", "list", "--reporter", "dots"], /Only one reporter can have the console/);
    await refused(["callmanager", "--listen", "5060"], /--listen "5060" is no address/);
  });

  it("lets a list option take one value, so that it swallows no file", async () => {
    const { out } = await say(["list", "--rule", "REG-06", "scripts"], { cwd });
    expect(out).to.match(/two is refused\n1 scenarios\n$/);
  });

  it("takes the last of a repeated option, and all of a repeated list", async () => {
    expect((await say(["list", "scripts", "-g", "one", "-g", "two"], { cwd })).out).to.match(/two.*\n1 scenarios/);
    expect((await say(["list", "scripts", "--rule", "REG-03", "--rule", "REG-06"], { cwd })).out).to.match(/2 scen/);
  });

  it("takes every option from the environment too, the command line going first", async () => {
    const list = async (env: NodeJS.ProcessEnv, ...argv: string[]): Promise<string> =>
      (await say(["list", "scripts", ...argv], { cwd, env })).out;
    expect(await list({ OFFHOOK_GREP: "two" })).to.match(/two.*\n1 scenarios/);
    expect(await list({ OFFHOOK_GREP_INVERT: "two" })).to.match(/one.*\n1 scenarios/);
    expect(await list({ OFFHOOK_GREP: "two" }, "--grep", "one")).to.match(/one.*\n1 scenarios/);
    expect(await list({ OFFHOOK_RULE: "REG-06,reg-03" })).to.match(/2 scenarios/);
    expect(await list({ OFFHOOK_JSON: "1" })).to.match(/^\[/);
    expect(await list({ OFFHOOK_JSON: "" })).to.match(/2 scenarios/);
    await refused(["run", "scripts"], /no reporter "nope"/, { OFFHOOK_REPORTER: "junit,nope" });
    await refused(["run"], /OFFHOOK_BAIL="maybe", which has to be one of 1, true/, { OFFHOOK_BAIL: "maybe" });
    await refused(["run"], /OFFHOOK_TIMEOUT="soon", which has to be a number/, { OFFHOOK_TIMEOUT: "soon" });
    await refused(["run"], /OFFHOOK_LOG_LEVEL="loud", which has to be one of fatal/, { OFFHOOK_LOG_LEVEL: "loud" });
  });

  it("does not mind variables that are no option of the command", async () => {
    const env = { OFFHOOK_TEST_DATA: "/x", OFFHOOK_TEST_PASSWORD: "y", OFFHOOK_BAIL: "1" };
    expect((await say(["list", "scripts"], { cwd, env })).exitCode).to.equal(0);
  });

  it("lists as a table and as JSON, and the rules with what judges them", async () => {
    const table = await say(["list", "scripts"], { cwd });
    expect(table.out).to.contain("scripts/my.scenario.ts:2  REG-03  one registers\n");
    const [first] = JSON.parse((await say(["list", "scripts", "--json"], { cwd })).out) as object[];
    expect(first).to.deep.equal({
      title: "one registers",
      file: "scripts/my.scenario.ts",
      line: 2,
      rules: ["REG-03"],
      controls: [],
      observes: [],
      phones: { alice: {} },
    });
    const rules = await say(["list", "scripts", "--rules"], { cwd });
    expect(rules.out).to.match(/^REG-03 +must +1 \+1 /m);
  });

  it("exits 4 when nothing is selected", async () => {
    expect((await say(["list", "scripts", "-g", "zzz"], { cwd })).exitCode).to.equal(4);
    const run = await say(["run", "scripts", "-g", "zzz"], { cwd });
    expect(run).to.deep.include({ exitCode: 4, out: "" });
    expect(run.err).to.equal('offhook: none of 2 scenarios was selected; "offhook list" shows them\n');
  });

  it("tells every problem of a lab with its place before anything is sent or written", async () => {
    const wrong = `${LAB.replace("securityProfiles:", "securityProfils:")}  b: { type: basic, digestUser: nobody, lines: [1001] }\n`;
    writeFileSync(join(cwd, "wrong.lab.yaml"), wrong.replace("password: p", "password: '${OFFHOOK_NOT_SET}'"));
    const { exitCode, err } = await say(["run", "scripts", "--lab", "wrong.lab.yaml"], { cwd });
    expect(exitCode).to.equal(2);
    for (const line of [
      /wrong\.lab\.yaml:2:1: unknown key "securityProfils"\. Did you mean "securityProfiles"\?/,
      /wrong\.lab\.yaml:3:\d+: .*OFFHOOK_NOT_SET is not set/,
      /wrong\.lab\.yaml:6:\d+: .*no user is named "nobody"/,
      /wrong\.lab\.yaml:6:\d+: .*directory number 1001/,
    ]) {
      expect(err).to.match(line);
    }
    expect(readdirSync(cwd)).not.to.include("reports");
  });

  it("tells the place of a script that does not load", async () => {
    writeFileSync(join(cwd, "bad.scenario.ts"), 'import { scenario } from "offhook";\n\nscenario("x", {;\n');
    const { exitCode, err } = await say(["run", "bad.scenario.ts"], { cwd });
    expect(exitCode).to.equal(2);
    expect(err).to.match(/bad\.scenario\.ts:3:\d+ does not load: Expected identifier/);
  });

  it("refuses scenario.only in CI", async () => {
    writeFileSync(join(cwd, "scripts/my.scenario.ts"), SCRIPT.replace("scenario(", "scenario.only("));
    await refused(["run", "scripts"], /my\.scenario\.ts:2 has scenario\.only, which CI does not take/, { CI: "1" });
  });

  it("checks a lab, exiting 1 when something in it is likely wrong", async () => {
    const good = await say(["lab", "check", "my.lab.yaml"], { cwd });
    expect(good.exitCode).to.equal(0);
    expect(good.out).to.match(/1 device, 1 user, target the reference call manager; 0 findings\n$/);
    const wireless = LAB.replace("type: basic,", "type: basic, wireless: true,");
    writeFileSync(join(cwd, "wireless.lab.yaml"), wireless);
    const poor = await say(["lab", "check", "wireless.lab.yaml"], { cwd });
    expect(poor.exitCode).to.equal(1);
    expect(poor.out).to.match(/wireless\.lab\.yaml:5:\d+: warning: .*PRV-07/);
  });

  it("prints the schema of labs as JSON", async () => {
    const { out } = await say(["lab", "schema"]);
    expect(JSON.parse(out)).to.have.property("$schema");
  });

  it("prints its version and its help", async () => {
    expect(await say(["--version"])).to.deep.include({ exitCode: 0, err: "" });
    expect((await say(["--version"])).out).to.match(/^\d+\.\d+\.\d+\n$/);
    const help = await say(["run", "--help"]);
    expect(help).to.deep.include({ exitCode: 0, err: "" });
    for (const option of ["--lab", "--target", "-g, --grep", "-j, --concurrency", "-x, --bail", "--global-timeout"]) {
      expect(help.out).to.contain(option);
    }
  });
});
