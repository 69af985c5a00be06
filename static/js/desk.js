// What a script adds to pages that work without one: leaving at once, copying, counting clocks, keys.
"use strict";

{
  const TYPING = 'input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable]';
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const SVG = "http://www.w3.org/2000/svg";

  /** Run `act(element, event)` when something in `selector` is clicked, now or later in the page's life. */
  function onClick(selector, act) {
    document.addEventListener("click", (event) => {
      const element = event.target.closest(selector);
      if (element) act(element, event);
    });
  }

  // -- the reporter's door: leave, and leave nothing on the screen --------------------------------

  const way = document.querySelector(".ed-doorhead a.ed-leave");

  function leave() {
    document.body.hidden = true;
    location.replace(way.href);
  }

  // one press also closes a list or a menu, and must not take what was typed with it
  const TWICE_WITHIN = 2000;
  let pressed = 0;

  function sayOnceMore() {
    const says = document.querySelector("[data-leave-says]");
    says.textContent = "Press Esc again to leave";
    pressed = setTimeout(() => {
      says.textContent = "";
      pressed = 0;
    }, TWICE_WITHIN);
  }

  if (way) {
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || event.repeat) return;
      if (pressed) leave();
      else sayOnceMore();
    });
    way.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }

  // -- what only a script can do stays hidden until one is here ------------------------------------

  function reveal(root) {
    const served = "[data-copy], [data-print], [data-save], .ed-toggle-password > button";
    for (const button of root.querySelectorAll(served)) button.hidden = false;
  }

  /** Say on the button what happened, in words that are also heard; then show its name again. */
  function answer(button, words) {
    button.dataset.name ??= button.textContent.trim();
    button.setAttribute("aria-live", "polite");
    button.textContent = words;
    setTimeout(() => (button.textContent = button.dataset.name), 4000);
  }

  function textOf(id) {
    const element = document.getElementById(id);
    const groups = [...element.children].map((child) => child.textContent.trim());
    return groups.length ? groups.join(" ") : element.textContent.trim();
  }

  /** Copy without the clipboard API, which browsers keep from pages served over plain http. */
  function copySelected(id) {
    getSelection().selectAllChildren(document.getElementById(id));
    return document.execCommand("copy");
  }

  onClick("[data-copy]", async (button) => {
    const id = button.dataset.copy;
    let copied;
    try {
      await navigator.clipboard.writeText(textOf(id));
      copied = true;
    } catch {
      copied = copySelected(id);
    }
    answer(button, copied ? "Copied" : "Not copied: select it and copy");
  });

  onClick("[data-print]", () => print());

  onClick("[data-save]", (button) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([textOf(button.dataset.save), "\n"], { type: "text/plain" }));
    link.download = button.dataset.filename ?? "note.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), MINUTE);
    answer(button, "Saved");
  });

  onClick(".ed-toggle-password > button", (button) => {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.textContent = show ? "Hide" : "Show";
    button.setAttribute("aria-label", show ? "Hide password" : "Show password");
  });

  // -- clocks count by themselves, from the server's time -------------------------------------------

  function inWords(milliseconds) {
    const days = Math.floor(milliseconds / DAY);
    const hours = Math.floor((milliseconds % DAY) / HOUR);
    if (days >= 7 || (days && !hours)) return `${days} d`;
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h`;
    return `${Math.max(Math.floor(milliseconds / MINUTE), 1)} min`;
  }

  function draw(name, attributes) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    return shape;
  }

  function faceOver() {
    return [
      draw("circle", { class: "ed-clock__disc", cx: 9, cy: 9, r: 8.75 }),
      draw("path", { class: "ed-clock__glyph", d: "M9 4.75v5M9 13v.05" }),
    ];
  }

  const opened = Date.now();
  // when a clock that changed since was told the time
  const told = new WeakMap();

  function count(clock) {
    const now = Date.parse(clock.dataset.now) + Date.now() - (told.get(clock) ?? opened);
    const due = Date.parse(clock.dataset.due);
    const share = (due - now) / Math.max(due - Date.parse(clock.dataset.started), MINUTE);
    const over = due <= now;
    const word = clock.querySelector("b");
    const words = inWords(Math.abs(due - now)) + (over ? " over" : "");
    if (word.textContent !== words) word.textContent = words;
    if (over && !clock.classList.contains("ed-clock--over")) {
      clock.querySelector("svg").replaceChildren(...faceOver());
    }
    clock.classList.toggle("ed-clock--over", over);
    clock.classList.toggle("ed-clock--soon", !over && share < 0.2);
    const arc = clock.querySelector(".ed-clock__arc");
    arc?.setAttribute("stroke-dasharray", `${Math.max(Math.round(Math.min(share, 1) * 100), 1)} 100`);
  }

  setInterval(() => document.querySelectorAll(".ed-clock[data-due]").forEach(count), MINUTE / 2);

  // -- clocks change when something happens to them, and nothing else on the page does ---------------

  const LIVE = "/desk/live/";
  const OFTEN = 15_000;
  const SELDOM = 5 * MINUTE;
  const MOST = 100;
  const HAPPENED = {
    breached: "time ran out",
    met: "is done",
    paused: "rests",
    cancelled: "is not owed any more",
    running: "runs again",
  };
  const followed = () => [...document.querySelectorAll(".ed-desk .ed-clock[data-clock]")];
  let version = "";
  let wait = OFTEN;
  let timer = 0;
  let stopped = false;

  /** Make the place where changes are said, empty, so that a screen reader knows it before. */
  function makeRegion() {
    const region = document.createElement("div");
    region.className = "ed-live";
    region.setAttribute("role", "status");
    document.body.append(region);
    return region;
  }

  function tell(region, sentence) {
    const line = document.createElement("p");
    line.textContent = sentence;
    region.append(line);
    while (region.childElementCount > 3) region.querySelector("p:not(.ed-live__new)").remove();
    return line;
  }

  function nameOf(clock) {
    const row = clock.closest("li.ed-row, .ed-lines > li");
    const named = row?.querySelector(".ed-ref, .ed-row__title, a") ?? document.querySelector("h1");
    return named.textContent.trim();
  }

  /** Take over the face and the times; words beside them, focus and forms stay as they are. */
  function adopt(clock, html) {
    const next = new DOMParser().parseFromString(html, "text/html").querySelector(".ed-clock");
    const boxed = clock.classList.contains("ed-clock--boxed");
    clock.className = next.className;
    clock.classList.toggle("ed-clock--boxed", boxed);
    for (const key of ["state", "step", "started", "due", "now"]) {
      if (key in next.dataset) clock.dataset[key] = next.dataset[key];
      else delete clock.dataset[key];
    }
    clock.querySelector("svg").replaceWith(next.querySelector("svg"));
    clock.querySelector("time").replaceWith(next.querySelector("time"));
    told.set(clock, Date.now());
  }

  function change(clock, now, said) {
    const { state, step, due } = clock.dataset;
    const name = nameOf(clock);
    adopt(clock, now.html);
    if (now.state !== state) said.add(`${name}: ${now.label} – ${HAPPENED[now.state]}.`);
    else if (Number(step) < Number(clock.dataset.step)) said.add(`${name}: ${now.label} – escalated.`);
    else if (due !== clock.dataset.due) said.add(`${name}: ${now.label} – due at another time.`);
  }

  /** Ask what changed; an answer has `told` where something did, and `over` where asking is over. */
  async function askOnce(address, known) {
    const answer = await fetch(address, {
      headers: known ? { "If-None-Match": known } : {},
      redirect: "manual",
    });
    if (answer.status === 304) return {};
    // where a second factor has to be shown again, it leads there
    const led = answer.type === "opaqueredirect";
    if (answer.status === 403) return { over: true };
    if (!led && !answer.ok) throw new Error(answer.status);
    const told = led ? { signed_out: true } : await answer.json();
    return { told, over: told.signed_out, tag: answer.headers.get("ETag") ?? "" };
  }

  async function askClocks(region) {
    const ids = [...new Set(followed().map((clock) => clock.dataset.clock))].slice(0, MOST);
    if (!ids.length) return { over: true };
    const answer = await askOnce(`${LIVE}?of=${ids.join(",")}`, version);
    if (answer.over || !answer.told) return answer;
    version = answer.tag;
    const said = new Set();
    for (const clock of followed()) {
      const now = answer.told.clocks[clock.dataset.clock];
      if (now) change(clock, now, said);
    }
    for (const sentence of said) {
      const line = tell(region, sentence);
      setTimeout(() => line.remove(), MINUTE);
    }
    return answer;
  }

  // what comes into the open queue is told; nothing moves before the reader wants it
  const queue = document.querySelector("[data-live]");
  let arrived = "";

  /** Say how many are new, with the way to them, in a line that stays; say it again when there are more. */
  function tellNew(region, number) {
    const words = number === 1 ? "1 new concern. " : `${number} new concerns. `;
    const before = region.querySelector(".ed-live__new");
    if (!number) before?.remove();
    else if (before) before.firstChild.data = words;
    if (!number || before) return;
    const line = document.createElement("p");
    line.className = "ed-live__new";
    const show = document.createElement("a");
    Object.assign(show, { href: queue.dataset.show, textContent: "Show" });
    show.dataset.key = "s";
    line.append(words, show);
    region.prepend(line);
  }

  async function askQueue(region) {
    if (!queue) return { over: true };
    const { live, known } = queue.dataset;
    const answer = await askOnce(`${live}known=${known}`, arrived);
    if (answer.over || !answer.told) return answer;
    arrived = answer.tag;
    tellNew(region, answer.told.new);
    return answer;
  }

  /** Ask once; return whether to go on asking. */
  async function ask(region) {
    const answers = [await askClocks(region), await askQueue(region)];
    if (answers.some((answer) => answer.told?.signed_out)) {
      tell(region, "You are signed out, so nothing here changes any more. What you typed stays: sign in in another tab.");
      return false;
    }
    return answers.some((answer) => !answer.over);
  }

  async function keepInStep(region) {
    clearTimeout(timer);
    timer = 0;
    if (document.hidden) return;
    let goOn = true;
    try {
      goOn = await ask(region);
      wait = OFTEN;
    } catch {
      // the house or the network is away for a moment: ask less and less often
      wait = Math.min(wait * 2, SELDOM);
    }
    if (!goOn) stopped = true;
    else if (!timer) timer = setTimeout(keepInStep, wait, region);
  }

  if (followed().length || queue) {
    const region = makeRegion();
    const again = () => stopped || document.hidden || keepInStep(region);
    timer = setTimeout(keepInStep, wait, region);
    document.addEventListener("visibilitychange", again);
    window.addEventListener("pageshow", (event) => event.persisted && again());
  }

  // -- the queue and a case under the keyboard ------------------------------------------------------

  // on a phone the tab of this section may lie beyond the edge
  document.querySelector(".ed-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

  // rows of work, or the entries of a timeline
  const rows = () => [...document.querySelectorAll("li.ed-row, .ed-thread > li")];
  const rowHere = () => rows().find((row) => row.classList.contains("is-here"));
  const OPENS = "a.ed-row__title, .ed-note__foot a";

  function stand(row) {
    const before = rowHere();
    before?.classList.remove("is-here");
    before?.removeAttribute("aria-current");
    row.classList.add("is-here");
    row.setAttribute("aria-current", "true");
    // an entry of a timeline has no title: it is stood on itself
    const title = row.querySelector("a.ed-row__title");
    if (!title) row.tabIndex = -1;
    (title ?? row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function move(by) {
    const all = rows();
    const at = all.indexOf(rowHere());
    const row = at < 0 ? all[0] : all[at + by];
    if (row) stand(row);
  }

  /**
   * Press what carries the key, or go there to write: in the row we stand on, else on the page, but never in
   * another row.
   */
  function press(key) {
    const named = [...document.querySelectorAll(`[data-key="${key}"]`)];
    const row = rowHere();
    const elsewhere = named.filter((one) => !one.closest("li.ed-row"));
    const here = named.find((one) => row?.contains(one));
    const found = here ?? elsewhere.find((one) => one.matches(TYPING)) ?? elsewhere[0];
    if (found?.matches(TYPING)) found.focus();
    else found?.click();
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    x: () => rowHere()?.querySelector('.ed-row__pick input[type="checkbox"]')?.click(),
    a: () => press("a"),
    t: () => press("t"),
    n: () => press("n"),
    c: () => press("c"),
    o: () => press("o"),
    s: () => press("s"),
    "/": () => press("/"),
    "?": () => press("?"),
    // the sections of a case, in the order of their tabs; on the queue, the views that are kept
    ...Object.fromEntries([..."123456789"].map((digit) => [digit, () => press(digit)])),
  };

  function isForUs(event) {
    const typing = event.target instanceof Element && event.target.closest(TYPING);
    return !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  }

  document.addEventListener("keydown", (event) => {
    // the rail's key is there on every page of the desk, all others where there is work
    const work = event.key === "/" ? '[data-key="/"]' : "li.ed-row, .ed-thread, main [data-key]";
    if (!isForUs(event) || !document.querySelector(work)) return;
    // Enter on a link or button is theirs; elsewhere it opens the row we stand on
    const open = event.key === "Enter" && !event.target.closest("a, button, summary");
    const act = open ? () => rowHere()?.querySelector(OPENS)?.click() : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // -- at the desk, words that were not sent are not lost by leaving --------------------------------

  if (document.body.classList.contains("ed-desk")) {
    let sending = false;
    document.addEventListener("submit", () => (sending = true));
    window.addEventListener("pageshow", () => (sending = false));
    window.addEventListener("beforeunload", (event) => {
      const words = [...document.querySelectorAll("textarea")];
      // what the server gave back was not sent either
      const isNew = (text) => text.value !== text.defaultValue || text.closest("[data-unsent]");
      const unsent = words.some((text) => text.value.trim() && isNew(text));
      if (unsent && !sending) event.preventDefault();
    });
  }

  // -- an answer that gives back what was begun stands at its page's address, not at its act's: loading
  // it again acts no second time. A form that was refused stays where it is: there is nothing to repeat,
  // and loading it again sends it again

  const page = document.body.dataset.standsAt;
  if (page) history.replaceState(history.state, "", page + location.hash);

  // -- a form that takes long says so, and how far it may be; a second press does nothing ---------------

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-busy]");
    if (!form) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const told = Object.assign(document.createElement("div"), { className: "ed-progress ed-mt-4", role: "status" });
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    bar.setAttribute("aria-hidden", "true");
    told.append(Object.assign(document.createElement("p"), { textContent: form.dataset.busy }), bar);
    form.append(told);
    const begun = performance.now();
    // it slows towards the end, since nobody knows when that is
    const step = () => {
      bar.value = 95 * (1 - Math.exp((begun - performance.now()) / (Number(form.dataset.seconds) * 600)));
    };
    const ticking = setInterval(step, 200);
    window.addEventListener("pageshow", () => {
      clearInterval(ticking);
      told.remove();
      delete form.dataset.sent;
    });
  });

  // -- what a worker is busy with shows itself until it is done --------------------------------------

  async function follow(region) {
    await new Promise((wake) => setTimeout(wake, 2000));
    let next = null;
    try {
      const page = await (await fetch(region.dataset.follow)).text();
      next = new DOMParser().parseFromString(page, "text/html").getElementById(region.id);
    } catch {
      // the network is away for a moment: what is shown stays
    }
    if (next) region.replaceWith(next);
    if (!next || next.dataset.follow) follow(next ?? region);
  }

  document.querySelectorAll("[data-follow]").forEach(follow);

  // -- at the start ---------------------------------------------------------------------------------

  reveal(document);
  document.addEventListener("htmx:load", (event) => reveal(event.target));
  if (document.title.startsWith("Error: ")) document.querySelector(".ed-errors")?.focus();
}
