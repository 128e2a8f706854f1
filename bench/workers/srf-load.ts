/**
 * Front, engine and drachtio-srf in one process, as in a phone of ours: `register` sends REGISTER by `srf.request`,
 * `call` makes calls by `srf.createUAC` and ends them by `dialog.destroy`.
 */
import { argv } from "node:process";
import SrfModule from "drachtio-srf";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { openDrachtioFront } from "../../src/drachtio/index.ts";
import { LISTEN, SDP } from "../support/endpoint.ts";
import { Load, runWarm } from "../support/load.ts";

/** What is used of drachtio-srf, whose own types lack some of it. */
interface Srf {
  connect(options: object): void;
  disconnect(): void;
  on(event: "connect", listener: (error: Error | null) => void): void;
  request(uri: string, options: object, callback: (error: Error | null, request?: Sent) => void): void;
  createUAC(
    uri: string,
    options: object,
    progress: object,
    callback: (error: Error | null, dialog?: Uac) => void,
  ): void;
}

interface Sent {
  on(event: "response", listener: (response: { readonly status: number }) => void): void;
}

interface Uac {
  destroy(options: object, callback: (error: Error | null, bye?: Sent) => void): void;
}

const [kind = "", ...numbers] = argv.slice(2);
const [port, total, atOnce, first] = numbers.map(Number) as [number, number, number, number];
const Srf = SrfModule as unknown as new () => Srf;

function need<T>(error: Error | null, value: T | undefined): T {
  if (error ?? value === undefined) throw error ?? new Error("drachtio-srf gave nothing");
  return value;
}

function expectSuccess(sent: Sent, then: () => void): void {
  sent.on("response", ({ status }) => {
    if (status !== 200) throw new Error(`a request was answered ${status}`);
    then();
  });
}

const WORK: Readonly<Record<string, (number: number, done: () => void) => void>> = {
  register(number, done) {
    const address = `<sip:${number}@cm.example.com>`;
    const headers = {
      From: address,
      To: address,
      Contact: `<sip:${number}@localhost>`,
      "User-Agent": "bench",
      Expires: "3600",
    };
    srf.request(
      "sip:cm.example.com",
      { method: "REGISTER", proxy: `sip:127.0.0.1:${port}`, headers },
      (error, sent) => {
        expectSuccess(need(error, sent), done);
      },
    );
  },
  call(number, done) {
    const headers = { From: `<sip:${number}@127.0.0.1>`, Subject: "Performance Test" };
    srf.createUAC(`sip:service@127.0.0.1:${port}`, { localSdp: SDP, headers }, {}, (error, dialog) => {
      // Called once the BYE was answered.
      need(error, dialog).destroy({}, (failure, bye) => {
        need(failure, bye);
        done();
      });
    });
  },
};

const front = await openDrachtioFront({ clock: systemClock, ids: randomIds() });
const endpoint = await front.openEndpoint({ listen: LISTEN });
const srf = new Srf();
await new Promise<void>((resolve, reject) => {
  srf.on("connect", (error) => {
    if (error) reject(error);
    else resolve();
  });
  // One attempt: the library would otherwise come back for ever, to a front that is gone.
  srf.connect({ ...endpoint.connectOptions, reconnect: { maxAttempts: 1 } });
});
const work = WORK[kind];
if (!work) throw new Error(`no such work: ${kind}`);
const load = new Load(atOnce, (number) => {
  work(number, () => {
    load.ended();
  });
});
await runWarm(load, first, total);
srf.disconnect();
await endpoint.close();
await front.close();
process.disconnect();
