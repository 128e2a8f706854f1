import { expect } from "chai";
import { RawApplication } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";

/** Spec sections 1 to 4: framing, administrative messages, refusals. */
export function drachtioWireSuite(open: () => Promise<DrachtioServer>): void {
  describe("wire protocol", () => {
    const bench = new Bench(open);

    it("answers the right secret with endpoints, version and endpoints as bound", async () => {
      const raw = await bench.raw();
      const [verdict, told, version, bound] = await raw.authenticate(bench.server.connectOptions.secret);
      expect(verdict).to.equal("OK");
      expect(told?.split(",")).to.include(`udp/${bench.sip.host}:${bench.sip.port}`);
      expect(version).to.match(/^v\d+\.\d+\.\d+/);
      expect(bound?.split(",")).to.include(`udp/${bench.sip.host}:${bench.sip.port}`);
    });

    it("refuses a wrong secret and closes, on a connection that had shown the right one too", async () => {
      for (const raw of [await bench.raw(), await bench.rawAuthenticated()]) {
        expect(await raw.authenticate("wrong")).to.deep.equal(["NO", "incorrect secret"]);
        await raw.closed;
      }
    });

    it("answers ping, route and remove_route", async () => {
      const raw = await bench.rawAuthenticated();
      expect(await raw.ask("ping")).to.deep.equal(["OK", "pong"]);
      expect(await raw.ask("route|frobnicate")).to.deep.equal(["OK"]);
      expect(await raw.ask("route|frobnicate")).to.deep.equal(["OK"]);
      expect(await raw.ask("remove_route|frobnicate")).to.deep.equal(["OK"]);
      expect(await raw.ask("remove_route|frobnicate")).to.deep.equal(["OK"]);
    });

    it("takes frames that are cut anywhere, glued together, or of length zero", async () => {
      const raw = await bench.rawAuthenticated();
      const ping = RawApplication.frame("unasked|ping");
      raw.write(Buffer.concat([ping, Buffer.from("0#"), ping, ping.subarray(0, 1)]));
      raw.write(ping.subarray(1, 6));
      raw.write(ping.subarray(6));
      expect(await raw.ask("ping")).to.deep.equal(["OK", "pong"]);
    });

    for (const [what, octets] of [
      ["no digits", "x#"],
      ["seven digits", "1234567#"],
    ] as const) {
      it(`closes without a word on a length of ${what}`, async () => {
        const raw = await bench.rawAuthenticated();
        raw.write(Buffer.from(octets));
        await raw.closed;
      });
    }

    it("refuses a message of unknown type and closes", async () => {
      const raw = await bench.rawAuthenticated();
      expect(await raw.ask("frobnicate")).to.deep.equal(["NO", "Unknown message type"]);
      await raw.closed;
    });

    it("closes when a response doesn't say what it answers", async () => {
      const raw = await bench.rawAuthenticated();
      expect(await raw.ask("sip||\r\nSIP/2.0 200 OK\r\n\r\n")).to.deep.equal(["NO", "transaction id missing"]);
      await raw.closed;
    });

    const request = "OPTIONS sip:a@127.0.0.1:9 SIP/2.0\r\n";
    const refusals: Record<string, [command: string, answer: string]> = {
      "a Request-URI that is none": [
        "sip||\r\nOPTIONS foo SIP/2.0\r\n\r\n",
        "invalid request-uri: OPTIONS foo SIP/2.0",
      ],
      "a method that it doesn't know": [
        "sip||\r\nFROB sip:a@127.0.0.1:9 SIP/2.0\r\n\r\n",
        "invalid request-uri: FROB sip:a@127.0.0.1:9 SIP/2.0",
      ],
      "a method in lower case": [
        "sip||\r\noptions sip:a@127.0.0.1:9 SIP/2.0\r\n\r\n",
        "invalid request-uri: options sip:a@127.0.0.1:9 SIP/2.0",
      ],
      "a blank in the user part": [
        "sip||\r\nOPTIONS sip:a b@127.0.0.1:9 SIP/2.0\r\n\r\n",
        "invalid request-uri: OPTIONS sip:a b@127.0.0.1:9 SIP/2.0",
      ],
      "an empty start line": ["sip||\r\n\r\n\r\n", "invalid request-uri: "],
      "a payload without a type": [`sip||\r\n${request}\r\nhello`, "missing content-type"],
      "a transport that it doesn't have": [
        "sip||\r\nOPTIONS sip:a@127.0.0.1:9;transport=tls SIP/2.0\r\n\r\n",
        "requested protocol/transport not available",
      ],
      "an IPv6 target without an IPv6 address of its own": [
        "sip||\r\nOPTIONS sip:a@[::1]:9 SIP/2.0\r\n\r\n",
        "requested protocol/transport not available",
      ],
      "a From that can't be parsed": [`sip||\r\n${request}From: <<>>\r\n\r\n`, "Error creating leg"],
      "a To that can't be parsed": [`sip||\r\n${request}To: <<\r\n\r\n`, "Error creating leg"],
      "a route that is no URI": [`sip|||not a uri\r\n${request}\r\n`, "Error creating sip transaction for uac request"],
      "a response to an unknown transaction": [
        "sip|nosuchtxn|\r\nSIP/2.0 200 OK\r\nX-A: 1\r\n\r\n",
        "Response not sent due to unknown transaction",
      ],
      "a request in an unknown dialog": [
        "sip||nosuchdialog\r\nINFO sip:placeholder SIP/2.0\r\n\r\n",
        "Server error: unable to find dialog for dialog id provided",
      ],
      "an ACK in an unknown dialog": [
        "sip||nosuchdialog\r\nACK sip:placeholder SIP/2.0\r\n\r\n",
        "Server error: ACK for non-success final response is automatically generated by server",
      ],
      "a CANCEL of an unknown transaction": [
        "sip|nosuchtxn|\r\nCANCEL sip:a@127.0.0.1:9 SIP/2.0\r\n\r\n",
        "unable to cancel unknown transaction id: nosuchtxn",
      ],
    };
    for (const [what, [command, answer]] of Object.entries(refusals)) {
      it(`refuses ${what} and stays connected`, async () => {
        const raw = await bench.rawAuthenticated();
        expect(await raw.ask(command)).to.deep.equal(["NOK", answer]);
        expect(await raw.ask("ping")).to.deep.equal(["OK", "pong"]);
      });
    }

    it("refuses a request to itself", async () => {
      const raw = await bench.rawAuthenticated();
      const { host, port } = bench.sip;
      expect(await raw.ask(`sip||\r\nOPTIONS sip:a@${host}:${port} SIP/2.0\r\n\r\n`)).to.deep.equal([
        "NOK",
        "can not send request to myself",
      ]);
    });

    it("echoes a request as it leaves, with its transaction id where drachtio-srf looks for it", async () => {
      const raw = await bench.rawAuthenticated();
      const peer = await bench.peer();
      const echo = await raw.ask(`sip||\r\nOPTIONS ${peer.uri()} SIP/2.0\r\nX-A: 1\r\n\r\n`);
      const sent = await peer.request("OPTIONS");
      expect(echo.slice(0, 2)).to.deep.equal(["OK", "application"]);
      expect(echo.slice(3, 6)).to.deep.equal(["udp", bench.sip.host, String(bench.sip.port)]);
      expect(echo[6]).to.match(/^\d\d:\d\d:\d\d\.\d{6}$/);
      expect(echo[7]).to.match(/^[0-9a-f-]{36}$/);
      expect(echo.slice(8, 10)).to.deep.equal(["Msg sent:", ""]);
      expect(echo[10]).to.equal(sent.toString());
      expect(echo[2]).to.equal(String(sent.toOctets().length));
      peer.answer(sent, 200, { toTag: "t" });
      const response = await raw.notified();
      expect(response.slice(1, 3)).to.deep.equal(["sip", "network"]);
      expect(response.slice(4, 7)).to.deep.equal(["udp", "127.0.0.1", String(peer.port)]);
      expect([response[8], response[9], response[10]]).to.deep.equal([echo[7], "", ""]);
    });

    for (const method of ["ACK", "CANCEL"]) {
      it(`sends an ${method} that belongs to nothing as it stands`, async () => {
        const raw = await bench.rawAuthenticated();
        const peer = await bench.peer();
        const echo = await raw.ask(`sip||\r\n${method} ${peer.uri()} SIP/2.0\r\nCall-ID: stray\r\n\r\n`);
        const sent = await peer.request(method);
        expect([sent.callId, echo[0], echo[10]]).to.deep.equal(["stray", "OK", sent.toString()]);
      });
    }
  });
}
