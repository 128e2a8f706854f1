import { expect } from "chai";
import { challengeRequest } from "../../../src/callmanager/policies/challenge-request.ts";
import { device } from "../support/lab.ts";

describe("challengeRequest", () => {
  const digestOn = device("basic1");
  const digestOff = device("basic2");
  const none = { credentialed: false, keepalive: false, device: undefined };

  const cases = [
    { name: "a REGISTER without credentials", question: { ...none, method: "REGISTER" }, expected: "challenge" },
    { name: "a REGISTER with credentials", question: { ...none, method: "REGISTER", credentialed: true }, expected: "verify" }, // prettier-ignore
    {
      name: "a refresh from the same source",
      question: { ...none, method: "REGISTER", keepalive: true },
      expected: "pass",
    },
    { name: "a refresh with credentials", question: { method: "REGISTER", credentialed: true, keepalive: true, device: undefined }, expected: "verify" }, // prettier-ignore
    {
      name: "an INVITE with digest on",
      question: { ...none, method: "INVITE", device: digestOn },
      expected: "challenge",
    },
    { name: "a BYE with digest on", question: { ...none, method: "BYE", device: digestOn }, expected: "challenge" },
    { name: "a SUBSCRIBE with digest on and credentials", question: { ...none, method: "SUBSCRIBE", credentialed: true, device: digestOn }, expected: "verify" }, // prettier-ignore
    { name: "an ACK with digest on", question: { ...none, method: "ACK", device: digestOn }, expected: "pass" },
    { name: "a CANCEL with digest on", question: { ...none, method: "CANCEL", device: digestOn }, expected: "pass" },
    { name: "an INVITE with digest off", question: { ...none, method: "INVITE", device: digestOff }, expected: "pass" },
    { name: "an INVITE with digest off and credentials", question: { ...none, method: "INVITE", credentialed: true, device: digestOff }, expected: "pass" }, // prettier-ignore
    { name: "an OPTIONS of no device", question: { ...none, method: "OPTIONS" }, expected: "pass" },
  ];
  for (const { name, question, expected } of cases) {
    it(`says "${expected}" to ${name}`, () => {
      expect(challengeRequest(question).outcome).to.equal(expected);
    });
  }
});
