// What becomes of each commitment in a scenario, by the rules of kg/analyse/outcomes.py: strong Kleene, 0 failed, 1 unknown, 2 met.
"use strict";
const whatif = {
  // The worth of a formula; null where it is not there at all (a time that the scenario does not settle).
  worth(formula, known, timed) {
    const [how, ...parts] = formula;
    if (how === "is") {
      const value = known.get(parts[0]);
      return value === undefined ? (timed.has(parts[0]) ? null : 1) : value;
    }
    if (how === "not") {
      const value = whatif.worth(parts[0], known, timed);
      return value === null ? null : 2 - value;
    }
    const values = parts.map((part) => whatif.worth(part, known, timed));
    if (how === "chain" && values[0] === null) return null;
    const there = values.filter((value) => value !== null);
    if (how === "any") return there.length ? Math.max(...there) : null;
    return there.length ? Math.min(...there) : 2;
  },
  state(row, known, timed) {
    const need = whatif.worth(row.need, known, timed);
    if (row.stance === "withdrawn") return "";
    if (row.stance === "refused") return need === 0 ? "lapsed" : "stands";
    if (need !== 2) return need === 0 ? "blocked" : "waits";
    return whatif.worth(row.trigger, known, timed) === 2 ? "active" : "in force but untriggered";
  },
  // The conditions of a formula that make it so: the failed ones where it failed, the unknown ones where it is unknown.
  deciding(formula, known, timed, found = new Set()) {
    const value = whatif.worth(formula, known, timed);
    const [how, ...parts] = formula;
    if (value === null) return found;
    if (how === "is") found.add(parts[0]);
    else if (how === "not") whatif.deciding(parts[0], known, timed, found);
    else for (const part of parts) if (whatif.worth(part, known, timed) === value) whatif.deciding(part, known, timed, found);
    return found;
  },
};

(() => {
  const held = document.getElementById("whatif-data");
  if (!held) return;
  const data = JSON.parse(held.textContent);
  const timed = new Set(data.timed);
  const rows = [...document.querySelectorAll("tr[data-row]")];
  const VALUES = { failed: 0, met: 2 };

  function read() {
    const known = new Map();
    for (const input of document.querySelectorAll("#conditions input:checked")) {
      if (input.value in VALUES) known.set(data.conditions[Number(input.name.slice(1))].iri, VALUES[input.value]);
    }
    return known;
  }

  function show() {
    const known = read(), counts = {};
    for (const line of rows) {
      const row = data.rows[Number(line.dataset.row)];
      const state = whatif.state(row, known, timed);
      counts[state] = (counts[state] || 0) + 1;
      line.dataset.state = state;
      line.querySelector(".state").textContent = state || "–";
      const formula = state === "in force but untriggered" ? row.trigger : row.need;
      const by = state === "active" || state === "stands" ? [] : [...whatif.deciding(formula, known, timed)];
      line.querySelector(".because").textContent = by.map((iri) => data.labels[iri] || iri).join("; ");
    }
    for (const out of document.querySelectorAll("[data-count]")) out.textContent = counts[out.dataset.count] || 0;
    const parts = ["met", "failed"].map((how) => [how, [...known].filter(([, v]) => v === VALUES[how]).map(([iri]) => data.short[iri])]);
    const hash = parts.filter(([, some]) => some.length).map(([how, some]) => `${how}=${some.map(encodeURIComponent).join(",")}`).join("&");
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }

  function restore() {
    const long = new Map(Object.entries(data.short).map(([iri, short]) => [short, iri]));
    const set = new Map();
    for (const part of location.hash.slice(1).split("&")) {
      const [how, some] = part.split("=");
      if (how in VALUES && some) for (const short of some.split(",")) set.set(long.get(decodeURIComponent(short)), how);
    }
    data.conditions.forEach(({ iri }, at) => {
      const input = document.querySelector(`#conditions input[name="c${at}"][value="${set.get(iri) || "unknown"}"]`);
      if (input) input.checked = true;
    });
    show();
  }

  document.getElementById("conditions").addEventListener("change", show);
  document.getElementById("clear").addEventListener("click", () => { history.replaceState(null, "", location.pathname + location.search); restore(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) document.getElementById("clear").click(); });
  addEventListener("hashchange", restore);
  document.getElementById("filter").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase();
    for (const line of rows) line.hidden = !line.textContent.toLowerCase().includes(words);
  });
  restore();
})();
