// Lists of tips: the preview beside them, and how many are selected. Every list works without it.
(() => {
  "use strict";
  const pane = document.getElementById("pane");
  const wide = matchMedia("(min-width: 75rem)");
  let loading = null;

  // A row that was gone to by key shows its tip beside the list. The heading then has the focus, so that it is read out, and nothing else is.
  const show = async (link) => {
    if (loading) loading.abort();
    loading = new AbortController();
    const answer = await fetch(link.dataset.preview, { signal: loading.signal, redirect: "manual" });
    if (!answer.ok) { if (answer.type === "opaqueredirect") location.reload(); return; }
    const text = await answer.text();
    pane.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    pane.hidden = false;
    pane.parentElement.classList.add("with-pane");
    const before = document.querySelector(".row-current");
    if (before) before.classList.remove("row-current");
    link.closest(".row").classList.add("row-current");
    link.closest(".row").scrollIntoView({ block: "nearest" });
    if (document.activeElement === link || pane.contains(document.activeElement) || document.activeElement === document.body) {
      document.getElementById("pane-title").focus({ preventScroll: true });
    }
  };
  if (pane) {
    document.addEventListener("desk:row", (event) => {
      if (!wide.matches || !event.target.dataset.preview) return;
      show(event.target).catch((error) => { if (error.name !== "AbortError") throw error; });
    });
  }

  const picked = document.getElementById("picked");
  const boxes = () => [...document.querySelectorAll("input[form=bulk]")];
  const count = () => {
    const tips = new Set();
    for (const box of boxes().filter((one) => one.checked)) {
      if (box.name.startsWith("fold:")) for (const one of box.value.trim().split(/\s+/)) tips.add(one.split("=")[0]);
      else tips.add(box.name.slice(5));
    }
    picked.textContent = tips.size ? `${tips.size} ${picked.dataset.some}` : picked.dataset.none;
  };
  if (picked) {
    document.addEventListener("change", (event) => { if (event.target.matches("input[form=bulk]")) count(); });
    addEventListener("pageshow", count);
  }
})();
