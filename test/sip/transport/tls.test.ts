import { readFileSync, statSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer, type ConnectionOptions } from "node:tls";
import { expect } from "chai";
import { pino } from "pino";
import { HarnessError } from "../../../src/core/errors.ts";
import type { Logger } from "../../../src/core/logger.ts";
import { systemClock } from "../../../src/core/system-clock.ts";
import {
  STREAM_LIMITS,
  TransportLayer,
  type Address,
  type TlsClientOptions,
  type TlsServerOptions,
} from "../../../src/sip/transport/index.ts";
import type { Certificate } from "../../support/certificates.ts";
import { TestAuthority } from "../../support/test-authority.ts";
import { FakeClock, settle } from "../../support/fake-clock.ts";
import { recordingProxy } from "../../support/tls-records.ts";
import { optionsRequest, TransportEndpoint } from "../../support/transport-endpoint.ts";

const HOST = "127.0.0.1";

/** Something that happens once. */
function signal(): { readonly happened: Promise<void>; readonly give: () => void } {
  let give = (): void => undefined;
  const happened = new Promise<void>((resolve) => (give = resolve));
  return {
    happened,
    give: () => {
      give();
    },
  };
}

describe("TLS", () => {
  let authority: TestAuthority | undefined;
  let bobs: Certificate;
  const open: TransportEndpoint[] = [];
  const servers: Server[] = [];

  before(() => {
    authority = new TestAuthority();
    bobs = authority.issue("bob", { names: ["DNS:bob.example", `IP:${HOST}`] });
  });

  after(() => authority?.remove());

  afterEach(async () => {
    await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
    for (const server of servers.splice(0)) server.close();
  });

  const endpoint = async (
    server: TlsServerOptions = bobs,
    client: TlsClientOptions = { ca: authority?.ca },
    log?: Logger,
  ): Promise<TransportEndpoint> => {
    const resolver = { locate: ({ port = 0 }) => Promise.resolve([{ protocol: "tls" as const, host: HOST, port }]) };
    const listen = [{ protocol: "tls", host: HOST, port: 0, tls: server }] as const;
    const opened = await TransportEndpoint.open({ listen, tls: client, resolver, log });
    open.push(opened);
    return opened;
  };

  const listen = async (server: Server): Promise<Address> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return { protocol: "tls", host: HOST, port: (server.address() as AddressInfo).port };
  };

  /** What the endpoint with those options is told when it sends to `to`. */
  const failure = async (to: Address, client?: TlsClientOptions): Promise<HarnessError> => {
    const alice = await endpoint(bobs, client);
    alice.send(optionsRequest("c"), to);
    return (await alice.nextFailure()).error;
  };

  describe("as a client", () => {
    it("asks for the name that was sent to, and for none where that is an address", async () => {
      const asked: unknown[] = [];
      const address = await listen(
        createTlsServer({ cert: bobs.certificate, key: bobs.key }, (socket) => {
          asked.push((socket as unknown as { servername: unknown }).servername);
          socket.destroy();
        }),
      );
      const alice = await endpoint();
      for (const host of ["Bob.example", HOST]) {
        alice.send(optionsRequest("c"), { ...address, host });
        await alice.closed.take({ timeoutMs: 5000, description: "alice waited for the end" });
      }
      expect(asked).to.deep.equal(["bob.example", false]);
    });

    it("asks for the name it was told, wherever it sends", async () => {
      const bob = await endpoint();
      const carols = authority!.issue("carol", { names: ["DNS:carol.example"] });
      const carol = await endpoint(carols);
      const alice = await endpoint(bobs, { ca: authority!.ca, serverName: "carol.example" });
      await alice.fence(carol);
      alice.send(optionsRequest("c"), bob.address);
      expect((await alice.nextFailure()).error.message).to.contain("not for carol.example");
    });

    it("opens a connection for each name", async () => {
      const names = ["one.example", "two.example"];
      const bob = await endpoint(authority!.issue("both", { names: names.map((name) => `DNS:${name}`) }));
      const alice = await endpoint();
      const ways: unknown[] = [];
      for (const host of [...names, ...names]) ways.push(await alice.fence(bob, { ...bob.address, host }));
      expect(ways[0]).not.to.equal(ways[1]);
      expect(ways.slice(2)).to.deep.equal(ways.slice(0, 2));
    });

    it("refuses a certificate for another name, and says for which it is", async () => {
      const bob = await endpoint();
      const error = await failure({ ...bob.address, host: "carol.example" });
      expect(error).to.include({ name: "TransportError", code: "ERR_TLS_CERTIFICATE" });
      expect(error.message).to.equal(
        `The certificate of tls:${HOST}:${bob.address.port} is refused: ` +
          `it is for DNS:bob.example, IP Address:${HOST}, not for carol.example.`,
      );
    });

    it("refuses a certificate that is expired, self-signed or by an unknown authority, and says which", async () => {
      const names = [`IP:${HOST}`];
      const cases: [TlsServerOptions, TlsClientOptions, RegExp][] = [
        [authority!.issue("old", { names, expired: true }), { ca: authority!.ca }, /expired \(CERT_HAS_EXPIRED\)/],
        [
          authority!.issue("own", { names, selfSigned: true }),
          { ca: authority!.ca },
          /caFile \(DEPTH_ZERO_SELF_SIGNED/,
        ],
        [bobs, {}, /caFile \(UNABLE_TO_VERIFY_LEAF_SIGNATURE/],
      ];
      for (const [server, client, reason] of cases) {
        const error = await failure((await endpoint(server)).address, client);
        expect(error.code).to.equal("ERR_TLS_CERTIFICATE");
        expect(error.message).to.match(reason);
      }
    });

    it("takes any certificate once told not to verify", async () => {
      const bob = await endpoint(authority!.issue("own", { selfSigned: true, expired: true }));
      const alice = await endpoint(bobs, { verifyServer: false });
      await alice.fence(bob, { ...bob.address, host: "carol.example" });
    });

    it("reports a peer that speaks no TLS, one that hangs up, and one that is not there", async () => {
      const sip = await listen(createTcpServer((socket) => socket.end("SIP/2.0 400 Bad Request\r\n\r\n")));
      const mute = await listen(createTcpServer((socket) => socket.end()));
      // Nobody can listen there: the port is ours, on another address.
      const gone = { ...sip, host: "127.0.0.99" };
      expect(await failure(sip))
        .to.include({ code: "ERR_TLS_HANDSHAKE" })
        .and.match(/does not speak TLS/);
      expect(await failure(mute))
        .to.include({ code: "ERR_TLS_HANDSHAKE" })
        .and.match(/without an alert/);
      expect(await failure(gone)).to.include({ code: "ERR_CONNECTION_REFUSED" });
    });

    it("gives up a peer that takes the connection and says nothing", async () => {
      const clock = new FakeClock();
      const taken = signal();
      const address = await listen(createTcpServer((socket) => socket.once("data", taken.give)));
      const place = [{ protocol: "tls", host: HOST, port: 0, tls: bobs }] as const;
      const alice = await TransportEndpoint.open({ listen: place, clock });
      open.push(alice);
      alice.send(optionsRequest("c"), address);
      await taken.happened;
      clock.advance(STREAM_LIMITS.handshakeMs - 1);
      await settle();
      expect(alice.failures.pending).to.deep.equal([]);
      clock.advance(1);
      while (alice.failures.pending.length === 0) await new Promise(setImmediate);
      const [failed] = alice.failures.pending;
      expect(failed?.error.code).to.equal("ERR_TLS_HANDSHAKE");
      expect(failed?.error.details).to.include({ handshakeMs: STREAM_LIMITS.handshakeMs });
      expect(clock.timerCount).to.equal(0);
    });

    it("closes in the middle of a handshake", async () => {
      const ended = signal();
      const taken = signal();
      const address = await listen(
        createTcpServer((socket) => {
          socket.on("error", () => undefined).on("close", ended.give);
          taken.give();
          socket.resume();
        }),
      );
      const alice = await endpoint();
      alice.send(optionsRequest("c"), address);
      await taken.happened;
      await alice.close();
      await ended.happened;
    });
  });

  describe("as a server that asks for certificates", () => {
    const strict = (): TlsServerOptions => ({ ...bobs, ca: authority!.ca, requestClientCertificate: true });

    it("lets in who has one by its authority", async () => {
      const bob = await endpoint(strict());
      const alice = await endpoint(bobs, { ...authority!.issue("alice"), ca: authority!.ca });
      await alice.fence(bob);
      expect(bob.layer.counters.handshakesFailed).to.equal(0);
    });

    it("refuses by an alert who has none, which both sides are told by its name", async () => {
      for (const [minVersion, alert] of [
        ["TLSv1.2", "handshake_failure"],
        ["TLSv1.3", "certificate_required"],
      ] as const) {
        const bob = await endpoint(strict());
        const error = await refusalOf(bob.address, { maxVersion: minVersion, minVersion });
        expect(error.message, minVersion).to.contain(alert.replace("_", " "));
        expect(bob.layer.counters.handshakesFailed).to.equal(1);
      }
    });

    it("is reported with the alert's name by the endpoint that it refuses", async () => {
      const bob = await endpoint(strict());
      const alice = await endpoint();
      alice.send(optionsRequest("c"), bob.address);
      const { error } = await alice.closed.take({ timeoutMs: 5000, description: "alice waited to be refused" });
      expect(error).to.include({ name: "TransportError", code: "ERR_TLS_HANDSHAKE" });
      expect(error?.details).to.include({ alert: "certificate_required" });
    });

    it("refuses who has one by somebody else, before any message, and tells the log who it was", async () => {
      const lines: string[] = [];
      const log = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
      const bob = await endpoint(strict(), undefined, log);
      const alice = await endpoint(bobs, { ...authority!.issue("self", { selfSigned: true }), ca: authority!.ca });
      alice.send(optionsRequest("c"), bob.address);
      await alice.closed.take({ timeoutMs: 5000, description: "alice waited to be refused" });
      expect(bob.layer.counters).to.include({ handshakesFailed: 1, received: 0 });
      expect(lines.join("")).to.match(
        /"remote":"tls:127\.0\.0\.1:\d{4,5}","problem":"[^"]+DEPTH_ZERO_SELF_SIGNED_CERT/,
      );
    });
  });

  describe("as a server", () => {
    it("outlives peers that speak no TLS, hang up or reset in the handshake", async () => {
      const bob = await endpoint();
      for (const text of [
        "OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "\x16\x03\x01",
        "",
      ]) {
        await new Promise((resolve) => {
          const socket = connectTcp(bob.address.port, HOST, () => socket.end(text, "latin1"));
          socket.on("error", () => undefined).on("close", resolve);
          socket.resume();
        });
      }
      const socket = connectTcp(bob.address.port, HOST);
      await new Promise((resolve) => socket.write("\x16\x03\x01\x02", "latin1", resolve));
      socket.resetAndDestroy();
      await (await endpoint()).fence(bob);
      while (bob.layer.counters.handshakesFailed < 5) await new Promise(setImmediate);
      expect(bob.layer.counters).to.include({ notSip: 0, malformed: 0 });
    });

    it("closes although somebody is in the middle of a handshake", async () => {
      const bob = await endpoint();
      const ended = signal();
      const socket = connectTcp(bob.address.port, HOST);
      socket.on("error", () => undefined).on("close", ended.give);
      socket.resume();
      await new Promise((resolve) => socket.write("\x16\x03\x01", "latin1", resolve));
      await (await endpoint()).fence(bob);
      await bob.close();
      await ended.happened;
    });

    it("speaks no version before 1.2, unless told to", async () => {
      const old = { maxVersion: "TLSv1", minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
      const error = await refusalOf((await endpoint()).address, old);
      expect(error.message).to.contain("alert protocol version");
      const bob = await endpoint({ ...bobs, minVersion: "TLSv1" });
      const socket = connectTls({ ...old, host: HOST, port: bob.address.port, ca: authority!.ca });
      socket.write(optionsRequest("old").toOctets());
      expect((await bob.next()).message.callId).to.equal("old");
      expect(socket.getProtocol()).to.equal("TLSv1");
      socket.destroy();
    });

    it("says what is wrong with its certificate when it is to listen", async () => {
      const alices = authority!.issue("alice");
      const cases: [TlsServerOptions | undefined, string, RegExp][] = [
        [undefined, "ERR_TLS_CONFIGURATION", /needs certificate and key/],
        [{ certificate: bobs.certificate }, "ERR_TLS_CONFIGURATION", /needs certificate and key/],
        [{ ...bobs, key: alices.key }, "ERR_TLS_CONFIGURATION", /key values mismatch/],
        [{ certificate: "no PEM", key: bobs.key }, "ERR_TLS_CONFIGURATION", /don't fit/],
        [{ certificateFile: "/nowhere.pem", key: bobs.key }, "ERR_TLS_FILE", /certificateFile "\/nowhere.pem"/],
      ];
      for (const [tls, code, message] of cases) {
        const place = { protocol: "tls", host: HOST, port: 0, tls } as const;
        const error: unknown = await TransportLayer.open({ listen: [place], clock: systemClock }).catch(
          (reason: unknown) => reason,
        );
        if (!(error instanceof HarnessError)) throw new Error(`expected a HarnessError, got ${String(error)}`);
        expect(error).to.include({ name: "UsageError", code });
        expect(error.message).to.match(message).and.contain("tls:127.0.0.1:0");
        expect(JSON.stringify(error.details)).not.to.contain("PRIVATE KEY");
      }
    });
  });

  describe("the end of a session", () => {
    const ways: [string, (bob: TransportEndpoint, clock: FakeClock) => unknown][] = [
      ["closes", (bob) => void bob.close()],
      [
        "gives up an idle peer",
        (_, clock) => {
          clock.advance(STREAM_LIMITS.idleMs + 2 * STREAM_LIMITS.sweepMs);
        },
      ],
      ["gets no Content-Length", (bob) => bob],
    ];
    for (const [title, end] of ways) {
      it(`is announced by close_notify where the endpoint ${title}`, async () => {
        const clock = new FakeClock();
        const place = { protocol: "tls", host: HOST, port: 0, tls: bobs } as const;
        const bob = await TransportEndpoint.open({ listen: [place], clock });
        open.push(bob);
        const { port, records } = await recordingProxy(listen, bob.address.port);
        // Version 1.2 leaves the records' types in the clear.
        const socket = connectTls({ host: HOST, port, maxVersion: "TLSv1.2", rejectUnauthorized: false });
        const ended = new Promise((resolve) => socket.on("close", resolve));
        const request = optionsRequest("c").toOctets();
        socket.write(request);
        await bob.next();
        if (end(bob, clock) === bob) socket.write(request.toString().replace("Content-Length", "X-Length"));
        await ended;
        expect(records()).to.include("handshake");
        expect(records().at(-1)).to.equal("alert");
      });
    }
  });

  describe("key log", () => {
    const before = process.env["SSLKEYLOGFILE"];

    afterEach(() => {
      if (before === undefined) delete process.env["SSLKEYLOGFILE"];
      else process.env["SSLKEYLOGFILE"] = before;
    });

    it("appends the secrets of both sides to SSLKEYLOGFILE, for its owner's eyes only", async () => {
      const file = join(authority!.directory, "keys");
      process.env["SSLKEYLOGFILE"] = file;
      await (await endpoint()).fence(await endpoint());
      const lines = readFileSync(file, "latin1").split("\n");
      const secrets = lines.filter((line) => /^SERVER_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/.test(line));
      expect(secrets).to.have.length(2);
      expect(secrets[0]).to.equal(secrets[1]);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      writeFileSync(file, "kept\n");
      await (await endpoint()).fence(await endpoint());
      expect(readFileSync(file, "latin1")).to.match(/^kept\n[A-Z_0-9]+ [0-9a-f]+/);
    });

    it("stops no call where it can't be written, and says so", async () => {
      process.env["SSLKEYLOGFILE"] = join(authority!.directory, "nowhere", "keys");
      const warnings: string[] = [];
      const hear = ({ message }: Error): void => void warnings.push(message);
      process.on("warning", hear);
      await (await endpoint()).fence(await endpoint());
      process.off("warning", hear);
      expect(warnings.filter((text) => /SSLKEYLOGFILE ".*" can't be written/.test(text))).to.have.length(1);
    });
  });

  /** The error that ends a connection of node's own TLS client. */
  async function refusalOf(to: Address, options: ConnectionOptions): Promise<Error> {
    return await new Promise<Error>((resolve, reject) => {
      const socket = connectTls({ host: HOST, port: to.port, ca: authority!.ca, ...options });
      socket.on("error", resolve).on("close", () => {
        reject(new Error("closed without an error"));
      });
      socket.resume();
    });
  }
});
