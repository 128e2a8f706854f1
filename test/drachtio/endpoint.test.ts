import { expect } from "chai";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { Inbox } from "../../src/core/inbox.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import type { TapEntry } from "../../src/sip/index.ts";
import { frameLength, parseMessage, type SipRequest, SipResponse } from "../../src/sip/message/index.ts";
import { Exchange } from "../conformance/drachtio-application.ts";
import { Bench } from "../conformance/drachtio-bench.ts";
import { openEmbedded } from "../conformance/drachtio-embedded.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
const ORDER = ["CSeq", "v", "t", "f", "i", "m", "User-Agent", "l", "Max-Forwards"];

function names(octets: Buffer): string[] {
  return parseMessage(octets).headers.map(({ name }) => name);
}

describe("an endpoint with a header style", () => {
  const entries: TapEntry[] = [];
  const bench = new Bench(() => openEmbedded({ headerStyle: { order: ORDER }, tap: (entry) => entries.push(entry) }));

  it("spells and orders every message that it sends, its own ACK and CANCEL too, and taps the very octets", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const headers = { "user-agent": "phone", "x-other": "1" };
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP, headers });
    const invite = await peer.request("INVITE");
    expect(names(invite.toOctets())).to.deep.equal([...ORDER, "x-other", "Content-Type"]);
    expect(exchange.sent.raw).to.equal(invite.toString());
    peer.answer(invite, 180, { toTag: "b" });
    await exchange.next();
    exchange.sent.cancel();
    const cancel = await peer.request("CANCEL");
    peer.answer(cancel, 200, { toTag: "b" });
    peer.answer(invite, 487, { toTag: "b" });
    const ack = await peer.request("ACK");
    for (const message of [cancel, ack]) {
      expect(names(message.toOctets()).slice(0, 5), message.method).to.deep.equal(ORDER.slice(0, 5));
    }
    const sent = entries.filter(({ direction }) => direction === "sent").map(({ octets }) => octets.toString());
    expect(sent).to.deep.equal([invite, cancel, ack].map((message) => message.toString()));
  });

  it("spells and orders responses", async () => {
    await bench.application({
      options: (_request, response) => {
        response.send(200, { headers: { "user-agent": "phone" } });
      },
    });
    const peer = await bench.peer();
    peer.send(peer.newRequest("OPTIONS", bench.sip), bench.sip);
    const ok = await peer.response(200, "OPTIONS");
    expect(names(ok.toOctets())).to.deep.equal(["CSeq", "v", "t", "f", "i", "User-Agent", "l"]);
  });
});

describe("an endpoint's Contact", () => {
  const verbatim = new Bench(() => openEmbedded());
  const rewriting = new Bench(() => openEmbedded({ contacts: "rewritten" }));
  const contact = '<sip:alice@10.0.0.1:7777>;+sip.instance="<urn:uuid:0>"';

  it("leaves as the application set it", async () => {
    const [application, peer] = [await verbatim.application(), await verbatim.peer()];
    await Exchange.send(application, peer.uri(), { method: "INVITE", headers: { Contact: contact } });
    const invite = await peer.request("INVITE");
    expect(invite.get("Contact")).to.equal(contact);
    peer.answer(invite, 486, { toTag: "b" });
  });

  it("is moved to our address as drachtio-server does it, where that is asked for, but not in REGISTER", async () => {
    const [application, peer] = [await rewriting.application(), await rewriting.peer()];
    for (const [method, host] of [
      ["INVITE", `127.0.0.1:${rewriting.sip.port}`],
      ["REGISTER", "10.0.0.1:7777"],
    ] as const) {
      await Exchange.send(application, peer.uri(), { method, headers: { Contact: "<sip:alice@10.0.0.1:7777>" } });
      const request = await peer.request(method);
      expect(request.get("Contact"), method).to.equal(`<sip:alice@${host}>`);
      peer.answer(request, 486, { toTag: "b" });
    }
  });
});

/** Messages that arrive on a TCP connection. */
function messagesOf(socket: Socket): Inbox<ReturnType<typeof parseMessage>> {
  const inbox = new Inbox<ReturnType<typeof parseMessage>>(systemClock);
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let length = frameLength(rest); length !== undefined && length <= rest.length; length = frameLength(rest)) {
      inbox.put(parseMessage(rest.subarray(0, length), "stream"));
      rest = rest.subarray(length);
    }
  });
  return inbox;
}

describe("an endpoint over TCP", () => {
  const bench = new Bench(() => openEmbedded());
  const wait = { timeoutMs: 3000, description: "the TCP peer waited for a message" };

  it("tells its transport in Via and Contact, and uses one connection for a whole call", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const uri = `sip:peer@127.0.0.1:${(server.address() as AddressInfo).port};transport=tcp`;
    const connections: Socket[] = [];
    server.on("connection", (socket) => connections.push(socket));
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const application = await bench.application();
    const call = application.createUAC(uri, { localSdp: SDP });
    const [socket] = await accepted;
    const messages = messagesOf(socket);
    const invite = (await messages.take(wait)) as SipRequest;
    expect([invite.topVia.protocol, invite.get("Contact")]).to.deep.equal([
      "TCP",
      `<sip:127.0.0.1:${bench.sip.port};transport=tcp>`,
    ]);
    const headers: [string, string][] = [
      ["Contact", `<${uri}>`],
      ["Content-Type", "application/sdp"],
    ];
    socket.write(SipResponse.to(invite, 200, { toTag: "b", headers, body: SDP }).toOctets());
    const dialog = await call;
    expect(((await messages.take(wait)) as SipRequest).method).to.equal("ACK");
    const ended = dialog.destroy();
    const bye = (await messages.take(wait)) as SipRequest;
    socket.write(SipResponse.to(bye, 200).toOctets());
    await ended;
    expect(connections).to.have.length(1);
    socket.destroy();
    server.close();
  });

  it("takes several requests in one segment and answers on their connection", async () => {
    await bench.application({
      options: (request, response) => {
        expect(request.protocol).to.equal("tcp");
        response.send(200, { headers: { "X-Number": request.get("X-Number") } });
      },
    });
    const peer = await bench.peer();
    const socket = connect(bench.sip.port, bench.sip.host);
    await once(socket, "connect");
    const messages = messagesOf(socket);
    const requests = ["1", "2", "3"].map((number) => {
      const request = peer.newRequest("OPTIONS", bench.sip, [["X-Number", number]]);
      return request.set("Via", peer.via().replace("UDP", "TCP")).toOctets();
    });
    socket.write(Buffer.concat(requests));
    const numbers: (string | undefined)[] = [];
    for (let count = 0; count < requests.length; count += 1) numbers.push((await messages.take(wait)).get("X-Number"));
    expect(numbers).to.deep.equal(["1", "2", "3"]);
    socket.destroy();
  });
});
