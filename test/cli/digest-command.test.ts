import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";

/** wire-examples.md §2.16: swhite, password s3cret-1002. */
const AUTHORIZATION =
  'Digest username="swhite", realm="ccmsipline", nonce="Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh", uri="sip:192.0.2.10", response="06dac41242fd3d1bcdbcfef056aeafcc"';
const REQUEST = `REGISTER sip:192.0.2.10 SIP/2.0
Call-ID: 1
CSeq: 2 REGISTER
Authorization: ${AUTHORIZATION}

`;
const CHALLENGE = `SIP/2.0 401 Unauthorized
Call-ID: 1
CSeq: 1 REGISTER
WWW-Authenticate: Digest realm="ccmsipline", nonce="Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh"

`;
const RIGHT = { OFFHOOK_PASSWORD: "s3cret-1002" };

describe("offhook digest", () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-digest-"));
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  it("tells of a header, a file or standard input whether the digest fits the password of the environment", async () => {
    writeFileSync(join(cwd, "register.txt"), REQUEST);
    writeFileSync(join(cwd, "wire.txt"), (CHALLENGE + REQUEST).replaceAll("\n", "\r\n"));
    for (const [argv, input] of [
      [["--authorization", AUTHORIZATION], ""],
      [["--authorization", `Authorization: ${AUTHORIZATION}`, "--request-uri", "sip:192.0.2.10"], ""],
      [["register.txt"], ""],
      [["wire.txt"], ""],
      [["-"], CHALLENGE + REQUEST],
    ] as const) {
      const said = await say(["digest", ...argv], { cwd, env: RIGHT, input });
      expect(said, argv.join(" ")).to.include({ exitCode: 0, err: "" });
      expect(said.out).to.contain("verdict  : it fits").and.not.to.contain("odd");
    }
  });

  it("ends with 1 where it does not fit, and tells which mistake it fits", async () => {
    const said = await say(["digest", "--authorization", AUTHORIZATION, "--method", "invite"], { env: RIGHT });
    expect(said.exitCode).to.equal(1);
    expect(said.out).to.contain("it would with the method REGISTER");
  });

  it("compares with the challenge and the Request-URI that the text has", async () => {
    const input = CHALLENGE.replace("ccmsipline", "other") + REQUEST.replace("REGISTER sip:192", "REGISTER sip:10");
    const { out } = await say(["digest", "-"], { env: RIGHT, input });
    expect(out).to.contain('odd      : realm "ccmsipline" is not the challenge\'s "other"');
    expect(out).to.contain('odd      : uri "sip:192.0.2.10" is not the Request-URI "sip:10.0.2.10"');
  });

  it("asks for the password where a terminal is there, and says what to set where none is", async () => {
    const argv = ["digest", "--authorization", AUTHORIZATION];
    expect(await say(argv, { secret: "s3cret-1002" })).to.include({ exitCode: 0 });
    const { exitCode, err } = await say(argv);
    expect(exitCode).to.equal(2);
    expect(err).to.contain("set OFFHOOK_PASSWORD");
  });

  it("takes a password from the command line only with a warning", async () => {
    const said = await say(["digest", "--authorization", AUTHORIZATION, "--password", "s3cret-1002"]);
    expect(said.exitCode).to.equal(0);
    expect(said.err).to.contain("stays in the shell's history");
  });

  it("shows neither password nor responses, in no form and in no help, unless told to", async () => {
    const argv = ["digest", "--authorization", AUTHORIZATION];
    for (const options of [[], ["--json"], ["--help"]]) {
      const { out } = await say([...argv, ...options], { env: RIGHT });
      expect(out).not.to.match(/s3cret|06dac412/);
      if (options[0] !== "--help") {
        expect((await say([...argv, ...options, "--unmask"], { env: RIGHT })).out).to.match(/s3cret/);
      }
    }
  });

  it("gives JSON for programs", async () => {
    const { out } = await say(["digest", "--authorization", AUTHORIZATION, "--json"], {
      env: { OFFHOOK_PASSWORD: "S3CRET-1002" },
    });
    expect(JSON.parse(out))
      .to.include({ fits: false })
      .and.have.property("wouldFit")
      .that.includes("the password in lower case");
  });

  it("keeps terminal commands of a peer out of the terminal", async () => {
    const { out } = await say(["digest", "--authorization", AUTHORIZATION.replace("swhite", "s\u001b[2Jwhite")], {
      env: RIGHT,
    });
    expect(out).to.contain("s·[2Jwhite");
  });

  it("refuses what holds no credentials, or nothing to look at", async () => {
    for (const [argv, line] of [
      [[], /Give a file/],
      [["x.txt", "--authorization", "x"], /Give a file/],
      [["nowhere.txt"], /"nowhere.txt" cannot be read/],
      [["-"], /Standard input has no SIP request with an Authorization header/],
      [["--authorization", "Basic abc"], /cannot be read/],
      [["--authorization", AUTHORIZATION, "--challenge", "Digest x"], /--challenge is no Digest challenge/],
    ] as const) {
      const { exitCode, err } = await say(["digest", ...argv], { cwd, env: RIGHT, input: CHALLENGE });
      expect(exitCode, argv.join(" ")).to.equal(2);
      expect(err).to.match(line);
    }
  });
});
