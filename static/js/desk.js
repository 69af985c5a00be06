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

  if (way) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) leave();
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

  function count(clock) {
    const now = Date.parse(clock.dataset.now) + Date.now() - opened;
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

  // -- the queue under the keyboard -----------------------------------------------------------------

  const rows = () => [...document.querySelectorAll("li.ed-row")];
  const rowHere = () => document.querySelector("li.ed-row.is-here");

  function stand(row) {
    const before = rowHere();
    before?.classList.remove("is-here");
    before?.removeAttribute("aria-current");
    row.classList.add("is-here");
    row.setAttribute("aria-current", "true");
    row.querySelector("a.ed-row__title").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function move(by) {
    const all = rows();
    const at = all.indexOf(rowHere());
    const row = at < 0 ? all[0] : all[at + by];
    if (row) stand(row);
  }

  /** Press what carries the key: in the row we stand on, else on the page, but never in another row. */
  function press(key) {
    const named = [...document.querySelectorAll(`[data-key="${key}"]`)];
    const row = rowHere();
    const found = named.find((one) => row?.contains(one)) ?? named.find((one) => !one.closest("li.ed-row"));
    found?.click();
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    x: () => rowHere()?.querySelector('.ed-row__pick input[type="checkbox"]')?.click(),
    a: () => press("a"),
    t: () => press("t"),
    "?": () => press("?"),
  };

  function isForUs(event) {
    const typing = event.target instanceof Element && event.target.closest(TYPING);
    return !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  }

  document.addEventListener("keydown", (event) => {
    if (!isForUs(event) || !rows().length) return;
    // Enter on a link or button is theirs; elsewhere it opens the row we stand on
    const open = event.key === "Enter" && !event.target.closest("a, button, summary");
    const act = open ? () => rowHere()?.querySelector("a.ed-row__title").click() : KEYS[event.key];
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
      const words = [...document.querySelectorAll(".ed-compose textarea")];
      const unsent = words.some((text) => text.value.trim() && text.value !== text.defaultValue);
      if (unsent && !sending) event.preventDefault();
    });
  }

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
