import { expect } from "chai";
import { parseCredentials } from "../../src/sip/message/index.ts";
import type { RegisterOptions, Registration } from "../../src/simulator/index.ts";
import type { HeaderValues } from "../../src/simulator/phone.ts";
import { rejection } from "../support/rejection.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

const CHALLENGE = { "WWW-Authenticate": 'Digest realm="ccmsipline", nonce="n1", algorithm=MD5' };

/** Registers; every REGISTER gets the next of the `statuses`, the last with `headers`. */
async function register(
  bench: PhoneBench,
  options: RegisterOptions,
  statuses: readonly number[],
  headers: HeaderValues = {},
): Promise<Registration> {
  const first = bench.stack.sent.length;
  const registering = bench.phone.register(options);
  statuses.forEach((status, index) => {
    bench.stack.sent[first + index]!.reply(status, { headers: status === 401 ? CHALLENGE : headers });
  });
  return await registering;
}

describe("registering", () => {
  let bench: PhoneBench;

  beforeEach(() => {
    bench = benchPhone();
  });

  it("sends REGISTER to the domain for the first line, with what the phone's model puts in", async () => {
    const { requests } = await register(bench, {}, [200]);
    const [request] = requests;
    expect(request?.requestUri).to.equal("sip:cm.example.com");
    expect(request?.get("To")).to.equal("<sip:1002@cm.example.com>");
    expect(request?.get("Contact")).to.equal("<sip:1002@192.0.2.1:5060>");
    expect(request?.get("Expires")).to.equal("3600");
    expect(request?.get("User-Agent")).to.equal("Acme Phone 1.0");
    expect(request?.get("X-Model")).to.equal("acme");
  });

  it("answers a challenge with the same request, CSeq one higher", async () => {
    const { final, requests, responses, challenge } = await register(bench, {}, [401, 200]);
    expect(final.status).to.equal(200);
    expect(responses.map(({ status }) => status)).to.deep.equal([401, 200]);
    const [first, second] = requests;
    expect(first?.has("Authorization")).to.equal(false);
    expect(parseCredentials(second?.get("Authorization") ?? "")).to.deep.include({ username: "swhite", nonce: "n1" });
    expect(second?.cseq.number).to.equal(2);
    for (const name of ["From", "To", "Call-ID", "Contact"]) expect(second?.get(name)).to.equal(first?.get(name));
    expect(challenge?.realm).to.equal("ccmsipline");
  });

  it("takes a second challenge as the result", async () => {
    const { final, requests } = await register(bench, { password: "wrong" }, [401, 401]);
    expect(final.status).to.equal(401);
    expect(requests).to.have.length(2);
  });

  it("leaves a challenge unanswered with credentials none, or without a digest user", async () => {
    expect((await register(bench, { credentials: "none" }, [401])).requests).to.have.length(1);
    expect((await register(benchPhone("bob"), {}, [401])).requests).to.have.length(1);
  });

  it("goes on under the same Call-ID and counts up; a reboot begins anew", async () => {
    const [before] = (await register(bench, {}, [200])).requests;
    const [refresh] = (await register(bench, {}, [200])).requests;
    const [reboot] = (await register(bench, { callId: "new" }, [200])).requests;
    expect(refresh?.callId).to.equal(before?.callId);
    expect(refresh?.cseq.number).to.equal(2);
    expect(reboot?.callId).not.to.equal(before?.callId);
    expect(reboot?.cseq.number).to.equal(1);
  });

  it("registers any of its lines, and others it is told to", async () => {
    const [second] = (await register(bench, { line: 1 }, [200])).requests;
    expect(second?.get("To")).to.equal("<sip:1003@cm.example.com>");
    const options = { directoryNumber: "1999", from: "sip:boss@h", domain: "other.example.com", contact: null };
    const [foreign] = (await register(bench, options, [200])).requests;
    expect(foreign?.requestUri).to.equal("sip:other.example.com");
    expect(foreign?.get("To")).to.equal("<sip:1999@other.example.com>");
    expect(foreign?.get("From")).to.match(/^<sip:boss@h>;tag=/);
    expect(foreign?.has("Contact")).to.equal(false);
    expect(await rejection(bench.phone.register({ line: 2 }))).to.have.property("code", "ERR_NO_SUCH_LINE");
  });

  it("puts headers and a body in, over its own", async () => {
    const options = { headers: { expires: "7", "X-Extra": "1" }, body: "hello", contentType: "text/plain" };
    const [request] = (await register(bench, options, [200])).requests;
    expect(request?.getAll("Expires")).to.deep.equal(["7"]);
    expect(request?.get("X-Extra")).to.equal("1");
    expect(request?.body.toString()).to.equal("hello");
    expect(request?.get("Content-Type")).to.equal("text/plain");
  });

  describe("lifetime granted", () => {
    const own = "<sip:1002@192.0.2.1:5060>";
    const other = "<sip:1002@192.0.2.77:5060>";
    const granted = async (headers: HeaderValues): Promise<number | undefined> =>
      (await register(bench, { expiresSeconds: 600 }, [200], headers)).expiresSeconds;

    it("is that of this phone's Contact before that of the header", async () => {
      expect(await granted({ Contact: `${other};expires=1, ${own};expires=90`, Expires: "120" })).to.equal(90);
    });

    it("is that of the header where the Contact has none, or nonsense", async () => {
      expect(await granted({ Contact: `${own};x-cisco-newreg`, Expires: "120" })).to.equal(120);
      expect(await granted({ Contact: `${own};expires=soon`, Expires: "120" })).to.equal(120);
      expect(await granted({ Contact: `${other};expires=1`, Expires: "120" })).to.equal(120);
    });

    it("is what was asked where the response says nothing", async () => {
      expect(await granted({ Contact: own })).to.equal(600);
    });

    it("is absent in a refusal", async () => {
      const refused = await register(bench, {}, [403], { Expires: "120" });
      expect(refused).not.to.have.property("expiresSeconds");
    });
  });

  it("lists the bindings of the final response", async () => {
    const { contacts } = await register(bench, {}, [200], { Contact: "<sip:a@h>;expires=5, <sip:b@h>" });
    expect(contacts.map(({ uriText }) => uriText)).to.deep.equal(["sip:a@h", "sip:b@h"]);
  });

  it("fails within waits.answerMs, saying what was seen last and what to do", async () => {
    const registering = rejection(bench.phone.register());
    await bench.clock.advanceAsync(5000);
    const error = await registering;
    expect(error.message).to.match(
      /^alice waited 5000 ms for a final response to REGISTER \(Call-ID \w+\); last seen: nothing\. .*waits\.answerMs/,
    );
    expect(error).to.have.property("code", "ERR_WAIT_TIMEOUT");
    expect(error.details).to.deep.include({ phone: "alice", timeoutMs: 5000, silent: true });
  });

  it("does not take what the stack made up for the target's word", async () => {
    const unreachable = rejection(bench.phone.register());
    bench.stack.sent[0]?.reply(503, { madeUp: true });
    expect(await unreachable).to.have.property("code", "ERR_TARGET_UNREACHABLE");
    const silent = rejection(bench.phone.register());
    bench.stack.sent[1]?.reply(408, { madeUp: true });
    expect(await silent).to.have.property("code", "ERR_WAIT_TIMEOUT");
  });

  it("removes what it bound when the phone is closed, and nothing else", async () => {
    await register(bench, { line: 0 }, [200]);
    await register(bench, { line: 1 }, [200]);
    await register(bench, { directoryNumber: "1999" }, [404]);
    const leaving = bench.phone.unregister({ line: 1 });
    bench.stack.sent.at(-1)!.reply(200);
    expect((await leaving).expiresSeconds).to.equal(0);
    const before = bench.stack.sent.length;
    const closing = bench.phone.close();
    await bench.clock.advanceAsync(0);
    const [removal, ...more] = bench.stack.sent.slice(before);
    expect(more).to.have.length(0);
    expect(removal?.request.get("Expires")).to.equal("0");
    expect(removal?.request.get("To")).to.equal("<sip:1002@cm.example.com>");
    removal?.reply(200);
    await closing;
    expect(bench.stack.closed).to.equal(true);
    expect(bench.clock.timerCount).to.equal(0);
  });
});
