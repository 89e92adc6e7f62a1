// Tells a person which tips wait: in a banner, in the title, and as notifications of the system where the person has asked for them.
// Of all open pages one listens and tells the others (Web Locks), so that many tabs take one connection; and a browser does not put a
// page to sleep that holds a lock, so it hears of a tip in the background too.
(() => {
  "use strict";
  const alarm = document.getElementById("alarm");
  if (!alarm || !window.EventSource) return;
  const WANTED = "desk.notify", TOLD = "desk.told";
  const get = (name) => { try { return localStorage.getItem(name) || ""; } catch { return ""; } };
  const put = (name, value) => { try { localStorage.setItem(name, value); } catch { /* kept for this page only */ } };
  const can = () => "Notification" in window;

  const show = ({ unseen, count, waiting }) => {
    const list = waiting.map(({ words, address }) => {
      const link = document.createElement("a");
      link.href = address;
      link.textContent = words;
      return link;
    });
    const head = document.createElement("strong");
    head.textContent = count === 1 ? "A tip waits, and nobody has claimed it:" : `${count} tips wait, and nobody has claimed them:`;
    alarm.replaceChildren(...(waiting.length ? [head, ...list.slice(0, 5)] : []));
    document.title = (count ? `(!${count}) ` : "") + document.title.replace(/\(!\d+\) /, "");
    const mark = document.getElementById("unseen");
    if (mark) { mark.firstChild.data = unseen; mark.hidden = !unseen; }
  };

  const notes = new Map();
  const notify = ({ waiting }) => {
    if (get(WANTED) === "on" && can() && Notification.permission === "granted") {
      const told = get(TOLD).split(" ");
      for (const { id, words, address } of waiting.filter((one) => !told.includes(one.id)).slice(0, 5)) {
        const note = new Notification(words, { body: "Nobody has claimed it yet.", tag: address, renotify: true, requireInteraction: true });
        note.onclick = () => { window.focus(); location.href = address; };
        notes.set(id, note);
      }
    }
    put(TOLD, waiting.map((one) => one.id).join(" "));
    for (const [id, note] of notes) if (!waiting.some((one) => one.id === id)) { note.close(); notes.delete(id); }
  };

  const channel = "BroadcastChannel" in window ? new BroadcastChannel("desk.alerts") : null;
  if (channel) channel.addEventListener("message", (event) => show(event.data));
  const listen = () => new Promise((leave) => {
    const stream = new EventSource(alarm.dataset.news);
    stream.addEventListener("alerts", (event) => {
      const news = JSON.parse(event.data);
      show(news);
      notify(news);
      if (channel) channel.postMessage(news);
    });
    addEventListener("pagehide", () => { stream.close(); leave(); });
  });
  if (navigator.locks) navigator.locks.request("desk.alerts", listen); else listen();

  // The switch on the page of alerts.
  const board = document.getElementById("notify");
  if (board && can()) {
    const on = board.querySelector("input"), said = board.querySelector("[role=status]");
    board.hidden = false;
    on.checked = get(WANTED) === "on" && Notification.permission === "granted";
    on.addEventListener("change", async () => {
      const may = on.checked ? await Notification.requestPermission() : "";
      on.checked = may === "granted";
      put(WANTED, on.checked ? "on" : "");
      said.textContent = on.checked ? "Kept. You are told." : may ? "This browser does not allow it. Allow notifications for this site in its settings." : "Kept. You are not told any more.";
    });
  }
})();
