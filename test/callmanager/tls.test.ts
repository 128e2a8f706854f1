import { expect } from "chai";
import { startCallManager, type CallManager } from "../../src/callmanager/index.ts";
import { Disposer } from "../../src/core/disposal.ts";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import {
  answerChallenge,
  formatCredentials,
  parseChallenge,
  SipEngine,
  SipRequest,
  type Address,
  type HeaderField,
  type Protocol,
  type SipResponse,
  type TlsClientOptions,
} from "../../src/sip/index.ts";
import type { Certificate } from "../support/certificates.ts";
import { TestAuthority } from "../support/test-authority.ts";
import { rejection } from "../support/rejection.ts";
import { testLab } from "./support/lab.ts";

const HOST = "127.0.0.1";

/** Sends a request and resolves with the final response. */
async function exchange(engine: SipEngine, request: SipRequest, to: Address): Promise<SipResponse> {
  return await new Promise((resolve, reject) => {
    engine.send(
      request,
      {
        response: (_, response) => {
          if (response.isFinal) resolve(response);
        },
        failed: (_, _reason, error) => {
          reject(error);
        },
      },
      { to },
    );
  });
}

describe("TLS at the call manager", () => {
  let authority: TestAuthority | undefined;
  let certificates: { readonly manager: Certificate; readonly phone: Certificate; readonly stranger: Certificate };
  let manager: CallManager;
  let disposer: Disposer;

  before(() => {
    authority = new TestAuthority();
    certificates = {
      manager: authority.issue("manager", { names: [`IP:${HOST}`] }),
      phone: authority.issue("phone"),
      stranger: authority.issue("stranger", { selfSigned: true }),
    };
  });

  after(() => authority?.remove());

  beforeEach(async () => {
    disposer = new Disposer();
    const tls = { ...certificates.manager, ca: authority?.ca, requestClientCertificate: true };
    manager = disposer.use(
      await startCallManager({
        lab: testLab(),
        listen: [
          { protocol: "udp", host: HOST, port: 0 },
          { protocol: "tcp", host: HOST, port: 0 },
          { protocol: "tls", host: HOST, port: 0, tls },
        ],
        clock: systemClock,
        ids: randomIds(),
      }),
    );
  });

  afterEach(() => disposer.close());

  /** Registers 1002 with the right password, over `protocol`. */
  async function register(protocol: Protocol, credentials: TlsClientOptions = {}): Promise<SipResponse> {
    const engine = disposer.use(
      await SipEngine.open(
        {
          listen: [
            { protocol: "udp", host: HOST, port: 0 },
            { protocol: "tcp", host: HOST, port: 0 },
          ],
          tls: { ...credentials, ca: authority?.ca },
          clock: systemClock,
          ids: randomIds(),
        },
        { request: () => undefined },
      ),
    );
    const to = manager.addresses.find((address) => address.protocol === protocol);
    if (!to) throw new Error(`the call manager has no ${protocol}`);
    const requestUri = `sip:${HOST}`;
    const build = (cseq: number, authorization: HeaderField[]): SipRequest =>
      SipRequest.create({
        method: "REGISTER",
        requestUri,
        headers: [
          ["From", `<sip:1002@${HOST}>;tag=1`],
          ["To", `<sip:1002@${HOST}>`],
          ["Call-ID", "tls-test"],
          ["CSeq", `${cseq} REGISTER`],
          ["Contact", `<${engine.contactUri("1002", "udp")}>`],
          ...authorization,
        ],
      });
    const challenged = await exchange(engine, build(1, []), to);
    const challenge = parseChallenge(challenged.get("WWW-Authenticate") ?? "");
    if (!challenge) return challenged;
    const user = { username: "swhite", password: "s3cret-1002" };
    const answer = answerChallenge({ challenge, ...user, method: "REGISTER", uri: requestUri });
    return await exchange(engine, build(2, [["Authorization", formatCredentials(answer)]]), to);
  }

  it("ends the handshake of a phone without a certificate by an alert (TLS-02)", async () => {
    const error = await rejection(register("tls"));
    expect(error).to.include({ name: "TransportError", code: "ERR_TLS_HANDSHAKE" });
    expect((error as { details: object }).details).to.include({ alert: "certificate_required" });
  });

  it("takes no message of a phone whose certificate nobody vouches for (TLS-02)", async () => {
    expect(await rejection(register("tls", certificates.stranger))).to.include({ name: "TransportError" });
    expect(manager.registrations()).to.deep.equal([]);
  });

  it("refuses a third-party phone on TLS with 403, its certificate and password good (TLS-03)", async () => {
    const final = await register("tls", certificates.phone);
    expect(final.status).to.equal(403);
    expect(final.get("Warning")).to.contain("security mismatch");
    expect(manager.registrations()).to.deep.equal([]);
  });

  for (const protocol of ["udp", "tcp"] as const) {
    it(`registers the same phone over ${protocol} beside it (REG-28)`, async () => {
      expect((await register(protocol)).status).to.equal(200);
    });
  }
});
