// Optional help: leave quickly, keep one entry in the history, and never lose what was typed on a bad line. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const leave = () => {
    const draft = document.querySelector("[name=draft]");
    if (draft) navigator.sendBeacon("/r/exit", new URLSearchParams({ draft: draft.value }));
    root.replaceChildren();
    try { top.location.replace(new URL("/r/exit", location)); } catch { location.replace("/r/exit"); } // out of a partner's page too
  };
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.repeat || !document.querySelector(".leave")) return;
    presses = [...presses.filter((at) => event.timeStamp - at < 5000), event.timeStamp];
    if (presses.length >= 3) leave();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Answers are forgotten after an hour; ten minutes before, the page says so.
  let warning;
  const watch = () => {
    clearTimeout(warning);
    const box = document.querySelector("[data-idle]");
    if (box) warning = setTimeout(() => { box.hidden = false; }, 50 * 60 * 1000);
  };
  watch();

  // The next page takes the place of this one, at one entry of the history: what was left in a hurry cannot be reached by Back.
  const show = (html, address) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    root.lang = page.documentElement.lang;
    document.body.replaceWith(page.body);
    history.replaceState(null, "", address);
    scrollTo(0, 0);
    (document.getElementById("summary") || document.getElementById("main")).focus();
    watch();
  };
  const say = (place, words) => {
    let box = place.querySelector(".waiting");
    if (!box) {
      box = document.createElement("p");
      box.className = "notice waiting";
      box.setAttribute("role", "status");
      place.append(box);
    }
    box.textContent = words;
  };
  const wait = (seconds) => new Promise((done) => {
    setTimeout(done, seconds * 1000);
    addEventListener("online", done, { once: true });
  });

  let busy = false;
  const load = async (address, place, body) => {
    if (busy) return;
    busy = true;
    place.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
    for (let pause = 5; ; pause = Math.min(pause * 2, 60)) {
      try {
        const answer = await fetch(address, body ? { method: "POST", body: body() } : {});
        const html = await answer.text();
        busy = false;
        return show(html, answer.ok ? address : location.href);
      } catch {
        say(place, document.body.dataset.offline.replace("{seconds}", String(pause)));
        await wait(pause);
      }
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("[data-retry]")) return;
    event.preventDefault();
    load(button?.getAttribute("formaction") || form.getAttribute("action"), form, () => {
      const answers = new FormData(form); // read anew at each try, with what was typed meanwhile
      if (button?.name) answers.append(button.name, button.value);
      return form.enctype === "multipart/form-data" ? answers : new URLSearchParams(answers);
    });
  });

  const point = (place, coords) => {
    const values = coords ? [coords.latitude.toFixed(4), coords.longitude.toFixed(4), coords.accuracy.toFixed(0)] : ["", "", ""];
    place.querySelectorAll("input[type=hidden]").forEach((field, n) => { field.value = values[n]; });
    place.querySelector("[data-forget]").hidden = !coords;
    place.querySelector("[role=status]").textContent =
      coords ? place.dataset.words.replace("{point}", `${values[0]}, ${values[1]}`).replace("{meters}", values[2]) : "";
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a"), button = event.target.closest("button");
    if (event.target.closest(".leave")) {
      event.preventDefault();
      leave();
    } else if (link?.matches("[href^='/r/']") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      load(link.getAttribute("href"), document.getElementById("main"));
    } else if (button?.matches("[data-locate]")) {
      const place = button.parentElement;
      const failed = () => { place.querySelector("[role=status]").textContent = place.dataset.failed; };
      if (!navigator.geolocation) return failed();
      navigator.geolocation.getCurrentPosition((found) => point(place, found.coords), failed, { timeout: 20000 });
    } else if (button?.matches("[data-forget]")) {
      point(button.parentElement);
    } else if (button?.matches("[data-copy]")) {
      navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = button.dataset.done; }, () => {});
    } else if (button?.matches("[data-print]")) {
      print();
    }
  });
})();
