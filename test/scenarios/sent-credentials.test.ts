import { expect } from "chai";
import { SentCredentials } from "../../src/scenarios/sent-credentials.ts";
import { answerChallenge, formatCredentials, parseChallenge, parseMessage } from "../../src/sip/message/index.ts";
import type { TracedMessage } from "../../src/simulator/index.ts";

const CHALLENGE = 'Digest realm="cm", nonce="n1"';
const SWHITE = { id: "swhite", password: "s3cret" };

function traced(direction: "sent" | "received", startLine: string, headers: readonly string[]): TracedMessage {
  const head = ["Call-ID: c", "CSeq: 1 REGISTER", ...headers].map((line) => `${line}\r\n`).join("");
  const octets = Buffer.from(`${startLine}\r\n${head}\r\n`, "latin1");
  return { direction, octets, message: parseMessage(octets), notes: [] } as unknown as TracedMessage;
}

function authorization(username: string, password: string): string {
  const challenge = parseChallenge(CHALLENGE);
  if (!challenge) throw new Error("no challenge");
  return formatCredentials(answerChallenge({ challenge, username, password, method: "REGISTER", uri: "sip:cm" }));
}

function afterRegister(username: string, password: string, challenge = CHALLENGE): SentCredentials {
  const sent = new SentCredentials();
  sent.note("alice", traced("received", "SIP/2.0 401 Unauthorized", [`WWW-Authenticate: ${challenge}`]));
  sent.note(
    "alice",
    traced("sent", "REGISTER sip:cm SIP/2.0", [`Authorization: ${authorization(username, password)}`]),
  );
  return sent;
}

describe("credentials that phones sent", () => {
  it("fit the password of the lab, or do not", () => {
    for (const [password, fits] of [
      ["s3cret", true],
      ["S3cret", false],
    ] as const) {
      const [finding] = afterRegister("swhite", password).findings(() => SWHITE);
      expect(finding).to.include({ callId: "c", fits });
    }
  });

  it("are nobody's to judge where they are another user's, or the password is not known", () => {
    expect(afterRegister("nobody", "s3cret").findings(() => SWHITE)).to.deep.equal([]);
    expect(afterRegister("swhite", "s3cret").findings(() => ({ id: "swhite" }))).to.deep.equal([]);
    expect(afterRegister("swhite", "s3cret").findings(() => undefined)).to.deep.equal([]);
  });

  it("are compared with the challenge that they answer, not with the next", () => {
    const sent = afterRegister("swhite", "s3cret");
    sent.note(
      "alice",
      traced("received", "SIP/2.0 401 Unauthorized", ['WWW-Authenticate: Digest realm="cm", nonce="n2"']),
    );
    expect(sent.findings(() => SWHITE)[0]?.lines.join("\n")).not.to.contain("odd");
    const astray = afterRegister("swhite", "s3cret", 'Digest realm="other", nonce="n1"');
    expect(astray.findings(() => SWHITE)[0]?.lines.join("\n")).to.contain('realm "cm" is not the challenge\'s "other"');
  });

  it("are not judged by the ACK that repeats them", () => {
    const sent = afterRegister("swhite", "s3cret");
    const repeated = `Authorization: ${authorization("swhite", "s3cret")}`;
    sent.note("alice", traced("sent", "ACK sip:cm SIP/2.0", [repeated]));
    expect(sent.findings(() => SWHITE)[0]).to.include({ fits: true });
  });

  it("bear a header that is none", () => {
    const sent = new SentCredentials();
    sent.note("alice", traced("sent", "REGISTER sip:cm SIP/2.0", ["Authorization: Digest ,,,"]));
    expect(sent.findings(() => SWHITE)).to.deep.equal([]);
  });
});
