// What every page of a site can do with JavaScript: search, sort and filter tables, light a statement and its words together, cite.
"use strict";
const top_ = document.body.dataset.top;
const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// ---- search: the index is a script of its own, taken in when the box is first used
(() => {
  const box = document.getElementById("search"), hits = document.getElementById("hits");
  box.parentElement.hidden = false;
  let chosen = -1, asked = false;
  function load() {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = `${top_}assets/index.js`;
    script.onload = show;
    document.head.append(script);
  }
  function show() {
    hits.replaceChildren();
    chosen = -1;
    const words = plain(box.value.trim());
    if (words && window.provisoIndex) {
      const starts = [], holds = [];
      for (const row of window.provisoIndex) {
        const label = plain(row[0]);
        if (label.startsWith(words)) starts.push(row);
        else if (label.includes(words)) holds.push(row);
        if (starts.length >= 20) break;
      }
      for (const [label, kind, address] of [...starts, ...holds].slice(0, 20)) {
        const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("span");
        item.setAttribute("role", "option");
        link.href = top_ + address;
        link.textContent = label + " ";
        small.className = "quiet";
        small.textContent = kind;
        link.append(small);
        item.append(link);
        hits.append(item);
      }
      if (!hits.children.length) hits.append(Object.assign(document.createElement("li"), { textContent: "Nothing of that name" }));
    }
    hits.hidden = !words;
    box.setAttribute("aria-expanded", String(!hits.hidden));
  }
  function choose(step) {
    const items = [...hits.querySelectorAll("[role=option]")];
    if (!items.length) return;
    chosen = (chosen + step + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    items[chosen].scrollIntoView({ block: "nearest" });
  }
  box.addEventListener("focus", load);
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Enter") (hits.querySelector("[aria-selected=true] a") || hits.querySelector("a"))?.click();
    else if (event.key === "Escape") { box.value = ""; show(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const at = document.activeElement, writing = at.isContentEditable || at.matches("textarea, input:not([type=radio], [type=checkbox])");
    if (event.key === "/" && !writing) { event.preventDefault(); box.focus(); }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".search")) { hits.hidden = true; box.setAttribute("aria-expanded", "false"); } });
})();

// ---- tables
for (const table of document.querySelectorAll("table[data-sort]")) {
  table.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const body = table.tBodies[0], text = (row) => row.cells[column].textContent.trim();
      const rows = [...body.rows].sort((a, b) => text(a).localeCompare(text(b), "en", { numeric: true }) * (down ? -1 : 1));
      body.append(...rows);
    });
  });
}
for (const input of document.querySelectorAll("[data-filter]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) { input.value = ""; input.dispatchEvent(new Event("input")); }
  });
  input.closest(".filter").hidden = false;
  input.addEventListener("input", () => {
    const words = plain(input.value);
    for (const row of document.querySelectorAll(input.dataset.filter)) row.hidden = !plain(row.textContent).includes(words);
  });
}

// ---- a quote to cite: copied, or shown where the browser does not let a page copy
for (const button of document.querySelectorAll(".cite")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(button.dataset.cite); }
    catch { button.replaceWith(button.dataset.cite); }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Cite"; }, 1500);
  });
}

// ---- an article: its text and the list of what was read from it
(() => {
  const reader = document.querySelector(".reader");
  if (!reader) return;
  const text = reader.querySelector(".text"), marks = [...text.querySelectorAll("mark")], items = new Map(), words = new Map();
  for (const item of reader.querySelectorAll(".list .said")) items.set(item.dataset.id, item);
  function light(id, from) {
    for (const item of items.values()) item.classList.remove("lit");
    for (const mark of marks) mark.classList.toggle("lit", id !== null && mark.dataset.of.split(" ").includes(id) && mark.classList.contains("statement"));
    text.classList.toggle("dim", id !== null);
    if (id === null) return;
    const item = items.get(id), found = marks.find((mark) => mark.classList.contains("lit"));
    item.classList.add("lit");
    if (from !== "list") item.scrollIntoView({ block: "nearest" });
    if (from !== "text" && found) found.scrollIntoView({ block: "center" });
  }
  // By keys one goes from the words to their row and back.
  function press(one, act) {
    one.addEventListener("keydown", (event) => {
      if (event.target !== one || ![" ", "Enter"].includes(event.key)) return;
      event.preventDefault();
      act();
    });
  }
  function address(id) { history.replaceState(null, "", id === null ? location.pathname + location.search : `#s-${id}`); }
  for (const [id, item] of items) {
    const choose = () => { light(id, "list"); address(id); };
    item.addEventListener("click", (event) => { if (!event.target.closest("a, button")) choose(); });
    press(item, () => { choose(); words.get(id)?.focus(); });
  }
  // Of spans that overlap the smallest wins: a mark names its things by size. The first of each thing that is no mere space can be reached by keys.
  for (const mark of marks) {
    const id = mark.dataset.of.split(" ")[0], choose = () => { light(id, "text"); address(id); };
    mark.addEventListener("click", choose);
    if (words.has(id) || !mark.textContent.trim()) continue;
    words.set(id, mark);
    mark.tabIndex = 0;
    mark.setAttribute("role", "button");
    press(mark, () => { choose(); items.get(id).focus(); });
  }
  function restore() {
    const id = location.hash.startsWith("#s-") ? decodeURIComponent(location.hash.slice(3)) : null;
    light(id !== null && items.has(id) ? id : null, "address");
  }
  addEventListener("hashchange", restore);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) { light(null); address(null); } });
  const layers = document.querySelector(".layers");
  layers.hidden = false;
  layers.addEventListener("change", (event) => text.classList.toggle(`no-${event.target.value}`, !event.target.checked));
  restore();
})();
