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
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); box.focus(); }
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
  input.closest(".filter").hidden = false;
  input.addEventListener("input", () => {
    const words = plain(input.value);
    for (const row of document.querySelectorAll(input.dataset.filter)) row.hidden = !plain(row.textContent).includes(words);
  });
}

// ---- an article: its text and the list of what was read from it
(() => {
  const reader = document.querySelector(".reader");
  if (!reader) return;
  const text = reader.querySelector(".text"), marks = [...text.querySelectorAll("mark")], items = new Map();
  for (const item of reader.querySelectorAll(".list .said")) items.set(item.dataset.id, item);
  function light(id, from) {
    for (const item of items.values()) item.classList.remove("lit");
    for (const mark of marks) mark.classList.toggle("lit", id !== null && mark.dataset.of.split(" ").includes(id) && mark.classList.contains("statement"));
    text.classList.toggle("dim", id !== null);
    if (id === null) return;
    const item = items.get(id), words = marks.find((mark) => mark.classList.contains("lit"));
    item.classList.add("lit");
    if (from !== "list") item.scrollIntoView({ block: "nearest" });
    if (from !== "text" && words) words.scrollIntoView({ block: "center" });
  }
  function address(id) { history.replaceState(null, "", id === null ? location.pathname + location.search : `#s-${id}`); }
  for (const [id, item] of items) {
    const choose = () => { light(id, "list"); address(id); };
    item.addEventListener("click", (event) => { if (!event.target.closest("a, button")) choose(); });
    item.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === item) choose(); });
  }
  // Of spans that overlap the smallest wins: a mark names its things by size.
  for (const mark of marks) mark.addEventListener("click", () => { const id = mark.dataset.of.split(" ")[0]; light(id, "text"); address(id); });
  function restore() {
    const id = location.hash.startsWith("#s-") ? decodeURIComponent(location.hash.slice(3)) : null;
    light(id !== null && items.has(id) ? id : null, "address");
  }
  addEventListener("hashchange", restore);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { light(null); address(null); } });
  const layers = document.querySelector(".layers");
  layers.hidden = false;
  layers.addEventListener("change", (event) => text.classList.toggle(`no-${event.target.value}`, !event.target.checked));
  for (const button of document.querySelectorAll(".cite")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const before = button.textContent;
      try { await navigator.clipboard.writeText(button.dataset.cite); button.textContent = "Copied"; }
      catch { const words = document.createElement("p"); words.textContent = button.dataset.cite; button.closest("li").append(words); button.hidden = true; }
      setTimeout(() => { button.textContent = before; }, 1500);
    });
  }
  restore();
})();
