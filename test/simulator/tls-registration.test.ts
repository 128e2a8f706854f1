import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { expect } from "chai";
import type { Clock } from "../../src/core/clock.ts";
import { WaitTimeoutError } from "../../src/core/errors.ts";
import { seededIds } from "../../src/core/ids.ts";
import { Inbox } from "../../src/core/inbox.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import type { OverTlsOptions, PhoneTls, SimulatedPhone, TlsOutcome } from "../../src/simulator/index.ts";
import { noTls } from "../../src/simulator/phone-tls.ts";
import { SipResponse, TemporaryAuthority, type ServerTransaction, type TlsServerOptions } from "../../src/sip/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { answerWithDigest, LoopbackPhones } from "../support/loopback-phones.ts";
import { rejection } from "../support/rejection.ts";
import { freePort } from "../support/programs.ts";

const HOST = "127.0.0.1";
const authority = new TemporaryAuthority(systemClock, seededIds("tls registration"));

function refuse(transaction: ServerTransaction): void {
  const { request, toTag } = transaction;
  transaction.respond(SipResponse.to(request, 403, { toTag }));
}

describe("a phone that tries to register over TLS", () => {
  let phones: LoopbackPhones;
  const servers: Server[] = [];

  beforeEach(() => {
    phones = new LoopbackPhones();
  });

  afterEach(async () => {
    await phones.close();
    for (const server of servers.splice(0)) server.close();
  });

  const phone = async (
    port: number | undefined,
    { answerMs = 5000, clock = systemClock }: { readonly answerMs?: number; readonly clock?: Clock } = {},
  ): Promise<SimulatedPhone> => {
    const tls: PhoneTls = {
      ...noTls,
      port,
      own: () => authority.issue({ commonName: "alice" }),
      selfSigned: () => authority.selfSigned({ commonName: "alice" }),
    };
    const lab = { ...phones.lab, waits: { ...phones.lab.waits, answerMs } };
    return await phones.open("alice", await freePort(), { tls, lab, clock });
  };

  const target = async (
    answer: (transaction: ServerTransaction) => void,
    options: Partial<TlsServerOptions> = {},
  ): Promise<number> => {
    // Of an authority that no phone here knows: they take any certificate.
    const tls = { ...authority.selfSigned({ commonName: "target" }), ca: authority.ca, ...options };
    return await phones.openRegistrar(answer, "tls", tls);
  };

  const tcp = async (server: Server): Promise<number> => {
    servers.push(server);
    await once(server.listen(0, HOST), "listening");
    return (server.address() as AddressInfo).port;
  };

  const attempt = async (port: number | undefined, options?: OverTlsOptions): Promise<TlsOutcome> =>
    await (await phone(port)).registerOverTls(options);

  it("answers the challenge, tells that it is registered, and removes the binding again", async () => {
    const seen: string[] = [];
    const port = await target((transaction) => {
      const { request } = transaction;
      seen.push(`${request.get("Expires") ?? ""} ${request.has("Authorization") ? "answered" : "bare"}`);
      answerWithDigest(transaction);
    });
    const alice = await phone(port);
    const { outcome, final } = await alice.registerOverTls();
    expect(outcome).to.equal("registered");
    expect(final?.status).to.equal(200);
    expect(seen).to.deep.equal(["3600 bare", "3600 answered", "0 bare", "0 answered"]);
    expect(alice.trace.entries.map(({ direction, protocol }) => `${direction} ${protocol}`)).to.deep.equal(
      Array.from({ length: 4 }, () => ["sent tls", "received tls"]).flat(),
    );
  });

  it("tells a refusal with its response", async () => {
    const port = await target(refuse);
    const { outcome, reason, final } = await attempt(port);
    expect({ outcome, reason, status: final?.status }).to.deep.equal({
      outcome: "refused",
      reason: "the REGISTER was answered 403",
      status: 403,
    });
  });

  it("gives a Contact for TLS, or one for its own transport", async () => {
    const contacts: (string | undefined)[] = [];
    const port = await target((transaction) => {
      contacts.push(transaction.request.get("Contact"));
      refuse(transaction);
    });
    const alice = await phone(port);
    await alice.registerOverTls({ line: 1 });
    await alice.registerOverTls({ contact: "plain" });
    const place = `${HOST}:${alice.address.port}`;
    expect(contacts).to.deep.equal([`<sip:1003@${place};transport=tls>`, `<sip:1002@${place}>`]);
  });

  it("gets through with its own certificate, and with no other where one is asked for", async () => {
    const port = await target(answerWithDigest, { requestClientCertificate: true });
    expect((await attempt(port)).outcome).to.equal("registered");
    expect((await attempt(port, { certificate: "self-signed" })).outcome).to.equal("no session");
    const { outcome, alert } = await attempt(port, { certificate: "none" });
    expect({ outcome, alert }).to.deep.equal({ outcome: "no session", alert: "certificate_required" });
  });

  it("has no session where nobody listens, no TLS is spoken, or the connection is closed", async () => {
    expect(await attempt(undefined)).to.deep.equal({
      outcome: "no session",
      reason: "the target listens nowhere with TLS",
    });
    const gone = await attempt(await freePort());
    expect(gone.outcome).to.equal("no session");
    expect(gone.reason).to.contain("ECONNREFUSED");
    const plain = await attempt(await tcp(createServer((socket) => socket.end("SIP/2.0 400 Bad Request\r\n\r\n"))));
    expect(plain.outcome).to.equal("no session");
    expect(plain.reason).to.contain("does not speak TLS");
  });

  it("has no session where a handshake is not finished in time", async () => {
    const port = await tcp(createServer((socket) => socket.on("error", () => undefined).resume()));
    const { outcome, reason } = await (await phone(port, { answerMs: 50 })).registerOverTls();
    expect({ outcome, reason }).to.deep.equal({
      outcome: "no session",
      reason: `no TLS session with port ${port} within 50 ms`,
    });
  });

  it("waits in vain for a target that takes its REGISTER and says nothing: that is no refusal", async () => {
    const clock = new FakeClock(); // however long the handshake takes
    const taken = new Inbox<ServerTransaction>(systemClock);
    const silent = (transaction: ServerTransaction): void => {
      taken.put(transaction);
    };
    const alice = await phone(await target(silent), { clock });
    const failing = rejection(alice.registerOverTls());
    await taken.take({ timeoutMs: 30_000, description: "the target waited for the REGISTER" });
    clock.advance(5000);
    const error = await failing;
    expect(error).to.be.instanceOf(WaitTimeoutError);
    expect(error.message).to.match(/^alice waited 5000 ms for a final response to REGISTER over TLS/);
  });
});
