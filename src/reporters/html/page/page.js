// What a report does in a browser: filters its scenarios, and draws the ladder of one when it is opened. All text that
// came from the network is set as text, never as markup.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Messages: unpacked once, when first needed.

  let unpacking;

  async function unpack() {
    const packed = Uint8Array.from(atob(one("#messages").textContent), (character) => character.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  }

  function messagesOf(index) {
    unpacking ??= unpack();
    return unpacking.then((scenarios) => scenarios[index]);
  }

  // The ladder. The target stands between the first phone and the others.

  const columnOf = (phone) => (phone === 0 ? 2 : phone + 3);
  const TARGET_COLUMN = 3;
  const QUIET = ["keepalive", "retransmission", "background"];
  /** Rows drawn at first: the last ones, since a failure stands at the end. */
  const MOST_ROWS = 300;
  /** The names stand above every so many rows. */
  const ROWS_PER_HEAD = 30;

  function rowOf(tag, lanes) {
    const row = element(tag, "ladder-row");
    row.style.setProperty("--lanes", String(lanes));
    for (let lane = 0; lane < lanes; lane += 1) {
      const line = element("span", "lane");
      line.style.gridColumn = String(lane + 2);
      row.append(line);
    }
    return row;
  }

  function headOf(phones) {
    const head = rowOf("div", phones.length + 1);
    head.classList.add("ladder-head");
    const names = phones.map((name, phone) => [name, columnOf(phone)]);
    for (const [name, column] of [...names, ["call manager", TARGET_COLUMN]]) {
      const cell = element("span", column === TARGET_COLUMN ? "lane-name target" : "lane-name", name);
      cell.style.gridColumn = String(column);
      head.append(cell);
    }
    return head;
  }

  function arrowClass(label, notes, rightwards) {
    const status = /^(\d)\d\d/.exec(label);
    const kind = status ? `c${status[1]} c${status[0]}` : /, not SIP$/.test(label) ? "odd" : "";
    const quiet = QUIET.some((note) => notes.includes(note)) ? "quiet" : "";
    return `arrow ${rightwards ? "rightwards" : "leftwards"} ${kind} ${quiet}`;
  }

  function arrowOf([, phone, sent, protocol, remote, label, notes]) {
    const column = columnOf(phone);
    const span = Math.abs(column - TARGET_COLUMN) + 1;
    const rightwards = (sent === 1) === column < TARGET_COLUMN;
    const arrow = element("span", arrowClass(label, notes, rightwards));
    const words = element("span", "words", label);
    if (notes) words.append(element("span", "notes", notes));
    const line = element("span", "label");
    line.append(words);
    arrow.append(line);
    arrow.title = `${label} (${protocol}, ${sent ? "to" : "from"} ${remote})`;
    arrow.style.gridColumn = `${Math.min(column, TARGET_COLUMN)} / span ${span}`;
    arrow.style.marginInline = `calc(50% / ${span})`;
    return arrow;
  }

  /** The message as it is, its header names set off. */
  function rawOf(text) {
    const raw = element("pre", "raw");
    let inHead = true;
    for (const line of text.trimEnd().split("\n")) {
      if (line.trim() === "") inHead = false;
      const name = inHead ? /^[A-Za-z][A-Za-z0-9-]*:/.exec(line)?.[0] : undefined;
      if (name) raw.append(element("b", "", name), line.slice(name.length) + "\n");
      else raw.append(line + "\n");
    }
    return raw;
  }

  function messageRow(message, phones) {
    const row = rowOf("button", phones.length + 1);
    row.type = "button";
    row.setAttribute("aria-expanded", "false");
    const [ms, phone, sent, , , , , text] = message;
    const way = sent ? `${phones[phone]} to the call manager: ` : `the call manager to ${phones[phone]}: `;
    row.append(element("span", "at", (ms / 1000).toFixed(3)), element("span", "hidden", way), arrowOf(message));
    let raw;
    row.addEventListener("click", () => {
      if (raw) {
        raw.remove();
        raw = undefined;
      } else {
        raw = rawOf(text);
        row.after(raw);
      }
      row.setAttribute("aria-expanded", String(raw !== undefined));
    });
    return row;
  }

  async function draw(scenario) {
    const ladder = one(".ladder", scenario);
    if (ladder.dataset.drawn || ladder.dataset.count === "0") return;
    ladder.dataset.drawn = "yes";
    const { phones, until, rows } = await messagesOf(Number(scenario.dataset.index));
    const failed = until === null ? rows.length : rows.filter(([ms]) => ms <= until).length;
    const from = Math.max(0, failed - MOST_ROWS);
    if (from > 0) {
      const more = element("button", "more", `Show the ${from} messages before`);
      more.type = "button";
      more.addEventListener("click", () => more.replaceWith(rowsOf(phones, rows, 0, from, failed)));
      ladder.append(more);
    }
    ladder.append(rowsOf(phones, rows, from, Math.min(rows.length, failed + MOST_ROWS), failed));
  }

  /** The rows `from` to `to`, the names above them, and a line where it failed. */
  function rowsOf(phones, rows, from, to, failed) {
    const made = document.createDocumentFragment();
    for (let index = from; index < to; index += 1) {
      if (index === failed)
        made.append(element("p", "after-failure", "— here it failed; what follows is clearing up —"));
      if ((index - from) % ROWS_PER_HEAD === 0) made.append(headOf(phones));
      made.append(messageRow(rows[index], phones));
    }
    return made;
  }

  // Filters.

  const scenarios = all(".scenario");
  const search = one("input[type=search]");
  const count = one(".count");
  const reset = one(".reset");
  const shown = { verdicts: new Set(), rule: undefined };

  const textOf = new Map(
    scenarios.map((scenario) => {
      const line = one("summary", scenario).textContent;
      const file = one("h3", scenario.parentElement).textContent;
      return [scenario, `${line} ${scenario.dataset.rules} ${file}`.toLowerCase()];
    }),
  );

  function matches(scenario, words) {
    if (shown.verdicts.size > 0 && !shown.verdicts.has(scenario.dataset.verdict)) return false;
    if (shown.rule && !scenario.dataset.rules.split(" ").includes(shown.rule)) return false;
    return words.every((word) => textOf.get(scenario).includes(word));
  }

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const scenario of scenarios) {
      scenario.hidden = !matches(scenario, words);
      if (!scenario.hidden) visible += 1;
    }
    for (const suite of all(".suite")) suite.hidden = all(".scenario:not([hidden])", suite).length === 0;
    for (const chip of all(".chip"))
      chip.setAttribute("aria-pressed", String(shown.verdicts.has(chip.dataset.verdict)));
    for (const tile of all(".tile")) tile.setAttribute("aria-pressed", String(shown.rule === tile.dataset.rule));
    const limited = visible < scenarios.length;
    const ofRule = shown.rule ? ` for ${shown.rule}` : "";
    count.textContent = limited ? `${visible || "None"} of ${scenarios.length} scenarios${ofRule}` : "";
    reset.hidden = !limited;
  }

  function showAll() {
    shown.verdicts.clear();
    shown.rule = undefined;
    search.value = "";
    apply();
  }

  for (const chip of all(".chip")) {
    chip.addEventListener("click", () => {
      const { verdict } = chip.dataset;
      if (!shown.verdicts.delete(verdict)) shown.verdicts.add(verdict);
      apply();
    });
  }
  for (const button of all("button[data-rule]")) {
    button.addEventListener("click", () => {
      const { rule } = button.dataset;
      shown.rule = shown.rule === rule ? undefined : rule;
      apply();
      if (shown.rule) one(".filters").scrollIntoView();
    });
  }
  search.addEventListener("input", apply);
  reset.addEventListener("click", showAll);

  // Opening, by hand, by link and by key.

  for (const scenario of scenarios) {
    scenario.addEventListener("toggle", () => {
      if (scenario.open) void draw(scenario);
    });
    // The address leads to what is looked at, so that it can be passed on.
    one("summary", scenario).addEventListener("click", () => {
      if (!scenario.open) history.replaceState(null, "", `#${scenario.id}`);
    });
  }

  async function openLinked() {
    const linked = document.getElementById(location.hash.slice(1));
    if (!linked?.classList.contains("scenario")) return;
    if (linked.hidden) showAll();
    linked.open = true;
    await draw(linked);
    linked.scrollIntoView();
    one("summary", linked).focus({ preventScroll: true });
  }

  // What is opened for paper: a failure's explanation.
  window.addEventListener("beforeprint", () => {
    for (const scenario of scenarios) scenario.open ||= one(".failure", scenario) !== null;
  });

  // Commands to copy.

  for (const line of all(".again")) {
    const copy = element("button", "copy", "Copy");
    copy.type = "button";
    copy.setAttribute("aria-label", "Copy the command that runs it again");
    copy.addEventListener("click", async () => {
      const command = one("code", line);
      getSelection().selectAllChildren(command);
      // Without the right to write to the clipboard the command stays selected, ready to be copied by key.
      const copied = await navigator.clipboard?.writeText(command.textContent).then(
        () => true,
        () => false,
      );
      copy.textContent = copied ? "Copied" : "Selected";
    });
    line.append(copy);
  }

  function step(by) {
    const summaries = scenarios.filter(({ hidden }) => !hidden).map((scenario) => one("summary", scenario));
    const at = summaries.indexOf(document.activeElement?.closest(".scenario")?.querySelector("summary"));
    summaries[Math.min(Math.max(at + by, 0), summaries.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      showAll();
      search.blur();
    } else if (event.target !== search && ["/", "j", "k"].includes(event.key)) {
      event.preventDefault();
      if (event.key === "/") search.focus();
      else step(event.key === "j" ? 1 : -1);
    }
  });

  window.addEventListener("hashchange", () => void openLinked());
  void openLinked();
})();
