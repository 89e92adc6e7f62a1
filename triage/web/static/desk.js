// Keys and live news for the console. Every page works without it. Keys are off until a person turns them on (WCAG 2.1.4).
(() => {
  "use strict";
  const KEYS = "desk.keys";
  const DEFAULTS = {
    next: "j", previous: "k", open: "o", back: "u", search: "/", help: "?", undo: "z",
    claim: "0", accept: "1", duplicate: "2", decline: "3", refer: "4", transfer: "5", snooze: "s", reply: "r",
    nextMark: "]", previousMark: "[",
  };
  const read = () => {
    try { return JSON.parse(localStorage.getItem(KEYS)) || {}; } catch { return {}; }
  };
  const write = (value) => { try { localStorage.setItem(KEYS, JSON.stringify(value)); } catch { /* kept for this page only */ } };
  let kept = read();
  const keyOf = (act) => (kept.map && kept.map[act]) || DEFAULTS[act];

  const rows = () => [...document.querySelectorAll(".rows .row h3 a, .rows .row > a")];
  const marks = () => [...document.querySelectorAll(".area-text a[href^='#e']")];
  const move = (list, by) => {
    const here = list.indexOf(document.activeElement);
    const there = list[here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(here + by, 0), list.length - 1)];
    if (there) { there.focus(); there.scrollIntoView({ block: "nearest" }); }
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
  const ACTS = {
    next: () => move(rows(), 1),
    previous: () => move(rows(), -1),
    open: () => { if (rows().includes(document.activeElement)) document.activeElement.click(); else if (rows()[0]) rows()[0].click(); },
    back: () => { const crumb = document.querySelector(".crumb a"); if (crumb) crumb.click(); },
    search: () => { const box = document.querySelector("#quick, #q"); if (box) box.focus(); },
    help: () => go("/desk/keys"),
    undo: () => { const undo = document.querySelector("form[action^='/desk/undo/']"); if (undo) undo.requestSubmit(); },
    claim: () => { const claim = form("claim"); if (claim) claim.requestSubmit(); },
    accept: () => { const accept = form("accept"); if (accept) accept.requestSubmit(); },
    nextMark: () => move(marks(), 1),
    previousMark: () => move(marks(), -1),
    reply: () => { const box = document.querySelector("#reply textarea, textarea#reply"); if (box) box.focus(); },
  };
  for (const act of ["duplicate", "decline", "refer", "transfer", "snooze"]) ACTS[act] = () => unfold(act);

  const GO = { q: "/desk", s: "/desk/search", a: "/desk/alerts" };
  let gone = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !typing(event)) { go("/desk/keys"); return; }
    if (!kept.on || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event)) return;
    if (event.timeStamp - gone < 1500 && GO[event.key]) { event.preventDefault(); go(GO[event.key]); return; }
    gone = event.key === "g" ? event.timeStamp : 0;
    const act = Object.keys(ACTS).find((name) => keyOf(name) === event.key);
    if (!act) return;
    event.preventDefault();
    ACTS[act]();
  });
  const typing = (event) => event.target.matches && event.target.matches("input, textarea, select, [contenteditable]");

  // The page about keys: a switch, and a field for each key.
  const board = document.getElementById("keys");
  if (board) {
    document.getElementById("keys-off").hidden = true;
    board.hidden = false;
    const on = board.querySelector("[name=on]");
    on.checked = Boolean(kept.on);
    for (const field of board.querySelectorAll("input[data-act]")) field.value = keyOf(field.dataset.act);
    board.addEventListener("submit", (event) => {
      event.preventDefault();
      const map = {};
      for (const field of board.querySelectorAll("input[data-act]")) {
        if (field.value && field.value !== DEFAULTS[field.dataset.act]) map[field.dataset.act] = field.value;
      }
      kept = { on: on.checked, map };
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
