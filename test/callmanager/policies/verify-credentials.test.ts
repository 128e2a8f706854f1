import { expect } from "chai";
import type { NonceState } from "../../../src/callmanager/nonces.ts";
import { verifyCredentials } from "../../../src/callmanager/policies/verify-credentials.ts";
import { computeResponse, parseCredentials } from "../../../src/sip/message/index.ts";
import { device, directory } from "../support/lab.ts";

const NONCE = "Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh";

interface Case {
  readonly name: string;
  readonly device?: string;
  readonly username?: string;
  readonly password?: string;
  readonly realm?: string;
  readonly nonce?: NonceState;
  readonly response?: string;
  readonly algorithm?: string;
  readonly expected: string;
  readonly rule: string;
}

function verify(given: Case) {
  const { username = "swhite", password = "s3cret-1002", realm = "ccmsipline", algorithm = "MD5" } = given;
  const uri = "sip:192.0.2.10";
  const response =
    given.response ?? computeResponse({ username, realm, password, nonce: NONCE, method: "REGISTER", uri });
  const value =
    `Digest username="${username}", realm="${realm}", nonce="${NONCE}", uri="${uri}", ` +
    `algorithm=${algorithm}, response="${response}"`;
  const sender = device(given.device ?? "basic1");
  return verifyCredentials({
    device: sender,
    user: directory.user(sender.digestUser ?? ""),
    credentials: parseCredentials(value),
    realm: "ccmsipline",
    nonce: given.nonce ?? "valid",
    method: "REGISTER",
    algorithms: ["MD5"],
    body: Buffer.alloc(0),
  });
}

describe("verifyCredentials", () => {
  const cases: Case[] = [
    { name: "the right response", expected: "verified", rule: "REG-03" },
    { name: "the response of the wire example", response: "06dac41242fd3d1bcdbcfef056aeafcc", expected: "verified", rule: "REG-03" }, // prettier-ignore
    { name: "a wrong password", password: "wrong", expected: "refused", rule: "REG-06" },
    { name: "an empty response", response: "", expected: "refused", rule: "REG-16" },
    { name: "a nonce that is too old", nonce: "expired", expected: "refused", rule: "REG-02" },
    { name: "a nonce that is not ours", nonce: "foreign", expected: "refused", rule: "REG-02" },
    { name: "another realm", realm: "elsewhere", expected: "refused", rule: "REG-02" },
    { name: "an algorithm that was not offered", algorithm: "SHA-256", expected: "refused", rule: "REG-02" },
    { name: "the right credentials of another user", username: "bgreen", password: "pw-1003", expected: "refused", rule: "CAL-03" }, // prettier-ignore
    { name: "a user without credentials", device: "basic3", username: "nopassword", password: "", expected: "refused", rule: "REG-17" }, // prettier-ignore
    { name: "a wrong password with the check box off", device: "basic2", username: "bgreen", password: "wrong", expected: "not checked", rule: "REG-15" }, // prettier-ignore
    { name: "an empty response with the check box off", device: "basic2", username: "bgreen", response: "", expected: "not checked", rule: "REG-15" }, // prettier-ignore
  ];
  for (const given of cases) {
    it(`says "${given.expected}" to ${given.name} by ${given.rule}`, () => {
      const ruling = verify(given);
      expect(ruling.outcome).to.equal(given.expected);
      expect(ruling.rules).to.include(given.rule);
      if (given.expected === "refused") expect(ruling).to.include({ status: 401 });
    });
  }
});
