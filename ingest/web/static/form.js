// Optional help: leave quickly, and never lose what was typed on a bad line. Every page works without it.
(() => {
  "use strict";
  const leave = () => { document.documentElement.replaceChildren(); location.replace("/r/exit"); };
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.repeat) return;
    presses = [...presses.filter((at) => event.timeStamp - at < 5000), event.timeStamp];
    if (presses.length >= 3) leave();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a.leave")) { event.preventDefault(); leave(); }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const show = (html, address) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    document.body.replaceWith(page.body);
    history.replaceState(null, "", address);
    scrollTo(0, 0);
    (document.getElementById("summary") || document.getElementById("main")).focus();
  };
  const say = (form, words) => {
    let box = form.querySelector(".notice");
    if (!box) {
      box = document.createElement("p");
      box.className = "notice";
      box.setAttribute("role", "status");
      form.append(box);
    }
    box.textContent = words;
  };
  const wait = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

  let sending = false;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-retry]")) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    for (let pause = 5; ; pause = Math.min(pause * 2, 60)) {
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        const html = await answer.text();
        sending = false;
        return show(html, form.action);
      } catch {
        say(form, document.body.dataset.offline.replace("{seconds}", String(pause)));
        await wait(pause);
      }
    }
  });
})();
