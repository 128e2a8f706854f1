import { tmpdir } from "node:os";
import { createServer } from "node:net";
import { once } from "node:events";
import { expect } from "chai";
import {
  type Handler,
  openApplication,
  RawApplication,
  type SrfApplication,
} from "../conformance/drachtio-application.ts";
import { SipPeer } from "../conformance/drachtio-peer.ts";
import { say } from "../support/fake-terminal.ts";
import { startOffhook } from "../support/offhook.ts";
import type { Peer } from "../support/programs.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

describe("offhook drachtio", function () {
  this.timeout(30_000);
  let server: Peer | undefined;
  const applications: SrfApplication[] = [];
  let peer: SipPeer;

  beforeEach(async () => {
    peer = await SipPeer.open();
  });

  /** Before the server ends: drachtio-srf would come back for ever. */
  function leave(): void {
    for (const application of applications.splice(0)) application.disconnect();
  }

  afterEach(async () => {
    leave();
    await peer.close();
    await server?.stop();
  });

  /** Starts it on free ports. */
  async function start(): Promise<{ sip: { host: string; port: number }; port: number }> {
    const listen = ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"].flatMap((address) => ["--listen", address]);
    server = startOffhook(["drachtio", ...listen, "--port", "0", "--secret", "s3cret"], { cwd: tmpdir() });
    await server.says("Ctrl-C ends it");
    const [, sip, port] = /udp:127\.0\.0\.1:(\d+).* on 127\.0\.0\.1:(\d+) for app/.exec(server.output) ?? [];
    return { sip: { host: "127.0.0.1", port: Number(sip) }, port: Number(port) };
  }

  async function connect(port: number, handlers: Record<string, Handler>): Promise<SrfApplication> {
    const application = await openApplication({ host: "127.0.0.1", port, secret: "s3cret" }, handlers);
    applications.push(application);
    return application;
  }

  it("serves several applications, each in its turn, and ends with a word", async () => {
    const { sip, port } = await start();
    const taken: string[] = [];
    for (const name of ["first", "second"]) {
      await connect(port, {
        options: (_request, response) => {
          taken.push(name);
          response.send(200);
        },
      });
    }
    for (let count = 0; count < 4; count += 1) {
      peer.send(peer.newRequest("OPTIONS", sip), sip);
      await peer.response(200, "OPTIONS");
    }
    expect(taken.sort()).to.deep.equal(["first", "first", "second", "second"]);
    leave();
    server?.signal("SIGTERM");
    expect(await server?.exited).to.equal(0);
    expect(server?.output).to.match(/closed\n$/);
  });

  it("carries calls of an application, its Contact moved to where it listens", async () => {
    const { sip, port } = await start();
    const application = await connect(port, {});
    const headers = { Contact: "<sip:me@10.0.0.1:7777>" };
    const call = application.createUAC(peer.uri(), { localSdp: SDP, headers });
    const invite = await peer.request("INVITE");
    const contact = invite.contacts;
    expect(contact !== "*" && contact[0]?.uriText).to.equal(`sip:me@127.0.0.1:${sip.port}`);
    peer.accept(invite, "b", [], SDP);
    const dialog = await call;
    await peer.request("ACK");
    const ended = dialog.destroy();
    peer.answer(await peer.request("BYE"), 200);
    await ended;
  });

  it("lets nobody in without the secret", async () => {
    const { port } = await start();
    const raw = await RawApplication.open({ host: "127.0.0.1", port, secret: "" });
    expect(await raw.ask("authenticate|wrong|")).to.deep.equal(["NO", "incorrect secret"]);
    await raw.closed;
  });

  it("says which port of applications is taken", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    const { exitCode, err } = await say(["drachtio", "--listen", "udp:127.0.0.1:0", "--port", String(port)]);
    holder.close();
    expect(exitCode).to.equal(3);
    expect(err).to.match(new RegExp(`^offhook: The drachtio front can't listen on 127.0.0.1, port ${port}: `));
  });
});
