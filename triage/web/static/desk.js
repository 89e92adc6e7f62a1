// Keys and live news for the console. Every page works without it. Keys are off until a person turns them on (WCAG 2.1.4).
(() => {
  "use strict";
  const KEYS = "desk.keys";
  const DEFAULTS = {
    next: "j", previous: "k", open: "o", select: "x", back: "u", search: "/", help: "?", undo: "z",
    claim: "0", assign: "a", accept: "1", duplicate: "2", decline: "3", refer: "4", transfer: "5", snooze: "s", reply: "r",
    nextMark: "]", previousMark: "[", wrong: "w", include: "+", exclude: "-", same: "y", unsure: "h", different: "n",
  };
  // The same with Ctrl, for people who cannot use single letters; the arrows and Space count on a row alone.
  const TWINS = { "c+Enter": "accept", "c+k": "search", "c+z": "undo", "cs+d": "duplicate", "cs+x": "decline" };
  const ON_ROW = { ArrowDown: "next", ArrowUp: "previous", " ": "select" };
  const read = () => {
    try { return JSON.parse(localStorage.getItem(KEYS)) || {}; } catch { return {}; }
  };
  const write = (value) => { try { localStorage.setItem(KEYS, JSON.stringify(value)); } catch { /* kept for this page only */ } };
  let kept = read();
  const keyOf = (act) => (kept.map && kept.map[act]) || DEFAULTS[act];

  const rows = () => [...document.querySelectorAll(".rows .row h3 a, .rows .row > a")].filter((link) => link.getClientRects().length);
  const marks = () => [...document.querySelectorAll(".area-text a[href^='#e']")];
  // The row in hand: the one that has the focus, or the one whose preview has it.
  const inHand = () => {
    const row = document.activeElement.closest(".row") || (document.activeElement.closest("#pane") && document.querySelector(".row-current"));
    return row ? row.querySelector("h3 a, :scope > a") : null;
  };
  const move = (list, by, from) => {
    const here = list.indexOf(from);
    const there = list[here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(here + by, 0), list.length - 1)];
    if (there) { there.focus(); there.scrollIntoView({ block: "nearest" }); }
    return there;
  };
  const toRow = (by) => {
    const there = move(rows(), by, inHand());
    if (there) there.dispatchEvent(new CustomEvent("desk:row", { bubbles: true }));
  };
  const form = (act) => document.querySelector(`.verbs form[action$="/${act}"]`);
  const unfold = (act) => {
    const first = document.querySelector(`form.stack[action$="/${act}"] :is(select, textarea, input:not([type=hidden]))`);
    const details = first && first.closest("details");
    if (!details) return false;
    details.open = true;
    first.focus();
    return true;
  };
  const go = (address) => { location.href = address; };
  const press = (found) => { // a field is gone to, anything else is done
    if (!found) return false;
    if (found.form && found.form.id === "bulk" && !document.querySelector("input[form=bulk]:checked")) ACTS.select(); // the row in hand
    const details = found.closest("details");
    if (details) details.open = true;
    if (found.matches("select, textarea, input")) found.focus(); else found.click();
    return true;
  };
  const facet = (how) => {
    const value = document.activeElement.closest("[data-facet]");
    if (value) press(value.querySelector(`[data-${how}]`));
  };
  const ACTS = {
    next: () => toRow(1),
    previous: () => toRow(-1),
    open: () => press(inHand() || rows()[0]),
    select: () => {
      const row = inHand() && inHand().closest(".row");
      const box = row && row.querySelector("input[type=checkbox]");
      if (box) box.click();
    },
    back: () => press(document.querySelector(".crumb a")),
    search: () => { const box = document.querySelector("#quick, #q"); if (box) { box.focus(); box.select(); } },
    help: () => go("/desk/keys"),
    undo: () => { const undo = document.querySelector("form[action^='/desk/undo/'], form[data-undo]"); if (undo) undo.requestSubmit(); },
    claim: () => { const claim = form("claim"); if (claim) claim.requestSubmit(); else press(document.querySelector("[data-key=claim]")); },
    assign: () => press(document.querySelector("[data-key=assign]")) || ACTS.claim(),
    accept: () => { const accept = form("accept"); if (accept) accept.requestSubmit(); },
    nextMark: () => move(marks(), 1, document.activeElement),
    previousMark: () => move(marks(), -1, document.activeElement),
    wrong: () => {
      const field = document.getElementById("wrong-mark");
      if (!field) return;
      const mark = document.activeElement.closest(".area-text a[href^='#e']");
      const number = mark && mark.getAttribute("href").slice(2);
      field.closest("details").open = true;
      if (!number || ![...field.options].some((option) => option.value === number)) { field.focus(); return; }
      field.value = number;
      field.form.requestSubmit();
    },
    include: () => facet("include"),
    exclude: () => facet("exclude"),
    reply: () => { const box = document.querySelector("#reply textarea, textarea#reply"); if (box) box.focus(); },
  };
  for (const act of ["duplicate", "decline", "refer", "transfer", "snooze"]) ACTS[act] = () => unfold(act) || press(document.querySelector(`[data-key=${act}]`));

  const GO = { q: "/desk", s: "/desk/search", a: "/desk/alerts", c: "/desk/cases", m: "/desk/map" };
  const there = (address) => document.querySelector(`.top nav a[href="${address}"]`);
  let gone = -Infinity; // when g was pressed
  const twin = (event) => {
    if (event.altKey || event.metaKey) return "";
    if (event.ctrlKey) return TWINS[`c${event.shiftKey ? "s" : ""}+${event.key.length === 1 ? event.key.toLowerCase() : event.key}`] || "";
    return inHand() && !event.target.matches("input") ? ON_ROW[event.key] || (event.key === "Enter" && document.activeElement.closest("#pane") ? "open" : "") : "";
  };
  const single = (event) => {
    if (kept.single === false || event.ctrlKey || event.altKey || event.metaKey) return "";
    const acts = Object.keys(DEFAULTS).filter((name) => keyOf(name) === event.key);
    return acts.find((name) => kept.map && kept.map[name]) || acts[0] || "";  // what a person has chosen comes before what was there
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || typing(event)) return;
    if (!kept.on) { if (kept.on === undefined && event.key === "?") go("/desk/keys"); return; }
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && kept.single !== false;
    if (plain && event.timeStamp - gone < 1500 && GO[event.key] && there(GO[event.key])) { event.preventDefault(); go(GO[event.key]); return; }
    gone = plain && event.key === "g" ? event.timeStamp : -Infinity;
    const act = twin(event) || single(event);
    if (!act || (event.key === "Enter" && !event.ctrlKey && event.target.matches("a, button, summary"))) return;
    if (ACTS[act]) { event.preventDefault(); ACTS[act](); return; }
    const named = document.querySelector(`[data-key=${act}]`);
    if (named) { event.preventDefault(); press(named); }
  });
  const typing = (event) => event.target.matches && event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  // The page about keys: a switch, and a field for each key.
  const board = document.getElementById("keys");
  if (board) {
    document.getElementById("keys-off").hidden = true;
    board.hidden = false;
    const on = board.querySelector("[name=on]");
    const twins = board.querySelector("[name=twins]");
    on.checked = Boolean(kept.on);
    twins.checked = kept.single === false;
    for (const field of board.querySelectorAll("input[data-act]")) field.value = keyOf(field.dataset.act);
    board.addEventListener("submit", (event) => {
      event.preventDefault();
      const map = {};
      for (const field of board.querySelectorAll("input[data-act]")) {
        if (field.value && field.value !== DEFAULTS[field.dataset.act]) map[field.dataset.act] = field.value;
      }
      kept = { on: on.checked, single: !twins.checked, map };
      write(kept);
      board.querySelector("[role=status]").textContent = on.checked ? "Kept. Keys are on." : "Kept. Keys are off.";
    });
    board.querySelector("[data-reset]").addEventListener("click", () => {
      for (const field of board.querySelectorAll("input[data-act]")) field.value = DEFAULTS[field.dataset.act];
    });
  }

  // News of a queue: says that something came, and moves nothing under anybody's hand.
  const news = document.getElementById("news");
  if (news && window.EventSource) {
    const stream = new EventSource(news.dataset.stream);
    stream.addEventListener("news", (event) => {
      const { waiting, threats } = JSON.parse(event.data);
      if (!waiting) return;
      const words = threats ? `${waiting} new, ${threats} of them a threat to life` : `${waiting} new`;
      news.querySelector("a").textContent = `${words} – show`;
      news.hidden = false;
      document.title = `(${waiting}) ${document.title.replace(/^\(\d+\) /, "")}`;
    });
    addEventListener("pagehide", () => stream.close());
  }
})();
