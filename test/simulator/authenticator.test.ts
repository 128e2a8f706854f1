import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { seededIds } from "../../src/core/ids.ts";
import {
  computeResponse,
  parseCredentials,
  SipRequest,
  SipResponse,
  type DigestCredentials,
} from "../../src/sip/message/index.ts";
import { Authenticator } from "../../src/simulator/authenticator.ts";
import type { CredentialOptions } from "../../src/simulator/index.ts";

const request = SipRequest.create({
  method: "REGISTER",
  requestUri: "sip:192.0.2.10",
  headers: [
    ["Via", "SIP/2.0/UDP h;branch=z9hG4bK1"],
    ["From", "<sip:1002@192.0.2.10>;tag=1"],
    ["To", "<sip:1002@192.0.2.10>"],
    ["Call-ID", "c1"],
    ["CSeq", "1 REGISTER"],
  ],
});

/** The document's own example: wire-examples.md 2.1. */
const NONCE = "Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh";

function challenged(...values: readonly string[]): SipResponse {
  return SipResponse.to(request, 401, { headers: values.map((value) => ["WWW-Authenticate", value] as const) });
}

function cucm(nonce = NONCE): SipResponse {
  return challenged(`Digest realm="ccmsipline", nonce="${nonce}", algorithm=MD5`);
}

function authenticator(user: { id: string; password: string } | undefined): Authenticator {
  return new Authenticator({ name: "alice", user }, undefined, seededIds("digest"));
}

function answered(by: Authenticator, response: SipResponse, options: CredentialOptions = {}): DigestCredentials {
  const answer = by.answer(response, request, options);
  if (!answer) throw new Error("no answer");
  return parseCredentials(answer.value);
}

describe("Authenticator", () => {
  const swhite = { id: "swhite", password: "s3cret-1002" };

  it("answers with the phone's own credentials", () => {
    const answer = authenticator(swhite).answer(cucm(), request, {});
    expect(answer?.header).to.equal("Authorization");
    expect(parseCredentials(answer?.value ?? "")).to.deep.include({
      username: "swhite",
      realm: "ccmsipline",
      uri: "sip:192.0.2.10",
      response: "06dac41242fd3d1bcdbcfef056aeafcc",
    });
  });

  it("answers a 407 with Proxy-Authorization", () => {
    const response = SipResponse.to(request, 407, { headers: [["Proxy-Authenticate", `Digest realm="r", nonce="n"`]] });
    expect(authenticator(swhite).answer(response, request, {})?.header).to.equal("Proxy-Authorization");
  });

  it("puts each fault in where it is asked for", () => {
    const by = authenticator(swhite);
    const computed = (username: string, realm: string, password: string): string =>
      computeResponse({ username, realm, password, nonce: NONCE, method: "REGISTER", uri: "sip:192.0.2.10" });
    expect(answered(by, cucm(), { password: "wrong" }).response).to.equal(computed("swhite", "ccmsipline", "wrong"));
    expect(answered(by, cucm(), { username: "nobody" })).to.deep.include({
      username: "nobody",
      response: computed("nobody", "ccmsipline", "s3cret-1002"),
    });
    expect(answered(by, cucm(), { realm: "elsewhere" })).to.deep.include({
      realm: "elsewhere",
      response: computed("swhite", "elsewhere", "s3cret-1002"),
    });
    expect(by.answer(cucm(), request, { credentials: "empty-response" })?.value).to.include('response=""');
    expect(by.answer(cucm(), request, { credentials: "none" })).to.equal(undefined);
  });

  it("replays the nonce of the challenge answered before, and says so when there is none", () => {
    const by = authenticator(swhite);
    expect(() => by.answer(cucm(), request, { credentials: "replayed-nonce" }))
      .to.throw(UsageError, "alice has no nonce to replay")
      .with.property("code", "ERR_NO_NONCE_TO_REPLAY");
    answered(by, cucm("first"));
    expect(answered(by, cucm("second"), { credentials: "replayed-nonce" }).nonce).to.equal("first");
    expect(answered(by, cucm("third")).nonce).to.equal("third");
  });

  it("counts a nonce up where the server hands it out again", () => {
    const by = authenticator(swhite);
    const again = challenged('Digest realm="r", nonce="n", qop="auth"');
    expect(answered(by, again).nc).to.equal("00000001");
    expect(answered(by, again).nc).to.equal("00000002");
    expect(answered(by, challenged('Digest realm="r", nonce="m", qop="auth"')).nc).to.equal("00000001");
  });

  it("gives no answer without a digest user or a challenge it knows", () => {
    expect(authenticator(undefined).answer(cucm(), request, {})).to.equal(undefined);
    expect(authenticator(swhite).answer(challenged('Basic realm="r"'), request, {})).to.equal(undefined);
    expect(authenticator(swhite).answer(SipResponse.to(request, 403), request, {})).to.equal(undefined);
  });

  it("takes user and password from the options where the device has none", () => {
    expect(answered(authenticator(undefined), cucm(), swhiteOptions).username).to.equal("swhite");
  });

  const swhiteOptions = { username: "swhite", password: "x" };
});
