import { expect } from "chai";
import { parseLab } from "../../src/inventory/index.ts";
import { labFailure, problemsOf } from "../support/lab-failure.ts";

const USERS = "users: { u: { password: p }, v: { password: p }, w: { password: p } }\n";

/** Problems of a lab with these lines after the users; each as `line rule-or-code path: message`. */
function problems(text: string): string[] {
  return problemsOf(labFailure(USERS + text)).map(
    ({ place, rule, code, path, message }) => `${place.line} ${rule ?? code} ${path}: ${message}`,
  );
}

function accepted(text: string): boolean {
  return parseLab(USERS + text, "test.lab.yaml", { env: {} }).users.size === 3;
}

function lines(from: number, count: number): string {
  return `[${Array.from({ length: count }, (_, index) => from + index).join(", ")}]`;
}

describe("checks of a lab", () => {
  it("refuse digest in a standard profile (PRV-04)", () => {
    const profile = (standard: boolean): string =>
      `securityProfiles:\n  own: { digestAuthentication: true, standard: ${standard} }`;
    expect(accepted(profile(false))).to.equal(true);
    expect(problems(profile(true))).to.have.length(1);
    expect(problems(profile(true))[0]).to.match(/^3 PRV-04 securityProfiles\.own: digest cannot be enabled/);
  });

  it("allow a Basic device one line (PRV-01)", () => {
    expect(accepted("devices:\n  d: { type: basic, digestUser: u, lines: [1] }")).to.equal(true);
    expect(problems("devices:\n  d: { type: basic, digestUser: u, lines: [1, 2] }")).to.deep.equal([
      "3 PRV-01 devices.d.lines[1]: a device of type basic takes one line, this has 2",
    ]);
  });

  it("allow an Advanced device eight lines (PRV-02)", () => {
    expect(accepted(`devices:\n  d: { type: advanced, digestUser: u, lines: ${lines(1, 8)} }`)).to.equal(true);
    expect(problems(`devices:\n  d: { type: advanced, digestUser: u, lines: ${lines(1, 9)} }`)).to.deep.equal([
      "3 PRV-02 devices.d.lines[8]: a device of type advanced takes 8 lines, this has 9",
    ]);
  });

  it("allow a Cisco device more", () => {
    expect(accepted(`devices:\n  d: { type: cisco-7961, lines: ${lines(1, 9)} }`)).to.equal(true);
  });

  it("refuse a line that is busy only when it is over-full (CAP-13)", () => {
    const device = (line: string): string =>
      `devices:\n  d: { type: basic, digestUser: u, lines: [{ number: 1, ${line} }] }`;
    expect(accepted(device("maxCalls: 2, busyTrigger: 2"))).to.equal(true);
    expect(problems(device("maxCalls: 2, busyTrigger: 3"))).to.deep.equal([
      "3 CAP-13 devices.d.lines[0]: busyTrigger 3 is above maxCalls 2",
    ]);
  });

  describe("of directory numbers", () => {
    const two = (first: string, second: string): string =>
      `partitions: [a, b]\ndevices:\n  d: { type: advanced, digestUser: u, lines: [${first}] }\n` +
      `  e: { type: advanced, digestUser: v, lines: [${second}] }`;

    it("refuse a number on two devices, once, naming the other", () => {
      expect(problems(two("1", "1"))).to.deep.equal([
        "5 ERR_LAB_DUPLICATE devices.e.lines[0]: directory number 1 also stands on d (test.lab.yaml:4:47). " +
          "Give each its own, or mark every line of it `shared: true`",
      ]);
    });

    it("allow it as a shared line when both say so", () => {
      expect(accepted(two("{ number: 1, shared: true }", "{ number: 1, shared: true }"))).to.equal(true);
    });

    it("complain of the one that does not say so", () => {
      expect(problems(two("1", "{ number: 1, shared: true }"))[0]).to.match(
        /^4 ERR_LAB_DUPLICATE devices\.d\.lines\[0\]/,
      );
      expect(problems(two("{ number: 1, shared: true }", "1"))[0]).to.match(
        /^5 ERR_LAB_DUPLICATE devices\.e\.lines\[0\]/,
      );
    });

    it("allow it in two partitions", () => {
      expect(accepted(two("{ number: 1, partition: a }", "{ number: 1, partition: b }"))).to.equal(true);
      expect(problems(two("{ number: 1, partition: a }", "{ number: 1, partition: a }"))[0]).to.include(
        'directory number 1 of partition "a" also stands on d',
      );
    });

    it("refuse it twice on one device, shared or not", () => {
      const twice = two("{ number: 1, shared: true }, { number: 1, shared: true }", "2");
      expect(problems(twice)).to.deep.equal([
        "4 ERR_LAB_DUPLICATE devices.d.lines[1]: directory number 1 stands twice on this device",
      ]);
    });

    it("refuse a line's number among the unassigned", () => {
      expect(problems(two("1", "2") + "\nunassignedNumbers: [2, 3]")).to.deep.equal([
        "5 ERR_LAB_DUPLICATE devices.e.lines[0]: number 2 stands under `unassignedNumbers` too",
      ]);
    });
  });

  describe("of digest users (REG-10)", () => {
    const three = (...extra: string[]): string =>
      "devices:\n" +
      extra.map((more, index) => `  d${index}: { type: basic, digestUser: u${more}, lines: [${index}] }`).join("\n");
    const meant = ", sharedDigestUser: intended";

    it("refuse one on several devices", () => {
      const found = problems(three("", "", ""));
      expect(found).to.have.length(2);
      expect(found[0]).to.match(/^4 REG-10 devices\.d1\.digestUser: user "u" is the digest user of d0, d2 too/);
    });

    it("allow it when all say that it is meant", () => {
      expect(accepted(three(meant, meant, meant))).to.equal(true);
    });

    it("complain of those that do not say so", () => {
      expect(problems(three("", meant, meant))).to.have.length(1);
      expect(problems(three("", meant, meant))[0]).to.match(/^3 REG-10 devices\.d0/);
    });
  });
});
