// Draws the picture in #data with vis-network, lights what belongs together, and shows the words it rests on.
// Text reaches the page through textContent and fillText only; nothing here makes markup of it.
"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const { nodes, edges, options, kind, width, height, font, leading, palette, styles, corners, quotes, free, directed } = JSON.parse(element("data").textContent);
  const [stage, space, canvas, chosen, search, found] = ["stage", "space", "canvas", "chosen", "search", "found"].map(element);
  const drawn = nodes.filter((node) => node.draw);
  const things = drawn.filter((node) => node.draw.kind !== "heading");
  const byId = new Map(drawn.map((node) => [node.id, node]));
  const night = matchMedia("(prefers-color-scheme: dark)");
  // `free`: a network too large to be read as a whole, which is zoomed and dragged; everything else fits the width and scrolls.
  const faint = edges.length > 1000 ? 0.3 : 0.6;
  const LEAST = 0.75;
  let colours = {};
  let lit = null; // the ids that are lit; null: nothing is dimmed
  let ringed = new Set(); // the ids with a ring round them
  let selected = null;
  let matches = [];
  let zoom = 1;
  let scale = 1;

  // -- colours ---------------------------------------------------------------------------------------------------------
  function paint() {
    colours = {};
    for (const [name, [fill, line, darkFill, darkLine]] of Object.entries(palette)) {
      colours[name] = night.matches ? { fill: darkFill, line: darkLine } : { fill, line };
    }
  }

  function lines() {
    return edges.map(({ draw: edge }, at) => {
      const on = !lit || (lit.has(edge.source) && lit.has(edge.target));
      const strong = lit && on && kind === "chart";
      return { id: at, color: { color: colours[styles[edge.style].colour].line, opacity: on ? (lit || kind === "chart" ? 1 : faint) : 0.12 }, width: edge.thick + (strong ? 0.9 : 0) };
    });
  }

  // -- drawing ---------------------------------------------------------------------------------------------------------
  function outline(ctx, draw, x, y) {
    ctx.beginPath();
    if (draw.mark === "circle") ctx.arc(x, y, draw.radius, 0, 2 * Math.PI);
    else if (corners[draw.mark]) {
      corners[draw.mark].forEach(([dx, dy]) => ctx.lineTo(x + dx * draw.radius, y + dy * draw.radius));
      ctx.closePath();
    }
    else if (draw.mark !== "plain") ctx.roundRect(x - draw.w / 2, y - draw.h / 2, draw.w, draw.h, draw.mark === "pill" && draw.h < 40 ? draw.h / 2 : 7);
  }

  function text(ctx, draw, x, y) {
    const dot = draw.radius > 0;
    const centred = dot || draw.mark === "pill";
    const bold = ["actor", "gate", "heading"].includes(draw.kind) ? "bold " : "";
    const all = [...draw.lines, ...draw.notes];
    const top = dot ? y + draw.radius + 4 : y - (all.length * leading) / 2;
    ctx.font = `${bold}${font.size}px ${font.face}`;
    ctx.textAlign = centred ? "center" : "left";
    ctx.textBaseline = "alphabetic";
    ctx.lineWidth = 4;
    ctx.lineJoin = "round";
    ctx.strokeStyle = colours.ground.fill;
    all.forEach((words, at) => {
      if (dot) ctx.strokeText(words, x, top + leading * (at + 0.5) + 5.2, draw.w); // lines pass behind the words
      ctx.fillStyle = at >= draw.lines.length || draw.kind === "heading" ? colours.ink.line : colours.ink.fill;
      // The last argument squeezes what an odd font draws wider than was reckoned; it is never reached with Arial's widths.
      ctx.fillText(words, centred ? x : x - draw.w / 2 + draw.indent, top + leading * (at + 0.5) + 5.2, draw.w - (centred ? 0 : draw.indent));
    });
    if (!draw.symbol) return;
    ctx.font = `bold 17px ${font.face}`;
    ctx.textAlign = "center";
    ctx.fillStyle = colours[draw.colour].line;
    ctx.fillText(draw.symbol, x - draw.w / 2 + draw.indent / 2, y + 6);
  }

  function drawThing({ ctx, id, x, y }) {
    const node = byId.get(id);
    const draw = node.draw;
    return {
      drawNode() {
        if (draw.kind === "heading") return; // drawn last, over everything
        const on = !lit || lit.has(id);
        ctx.globalAlpha = on ? 1 : 0.22;
        outline(ctx, draw, x, y);
        ctx.fillStyle = colours[draw.colour].fill;
        ctx.strokeStyle = ringed.has(id) ? colours.condition.line : colours[draw.colour].line;
        ctx.lineWidth = ringed.has(id) ? 3 : 1.4;
        ctx.setLineDash(draw.dashed ? [6, 4] : []);
        if (draw.mark !== "plain") {
          if (!on) { ctx.globalAlpha = 1; ctx.save(); ctx.fillStyle = colours.ground.fill; ctx.fill(); ctx.restore(); ctx.globalAlpha = 0.22; }
          ctx.fill();
          ctx.stroke();
        }
        ctx.setLineDash([]);
        if (!free) text(ctx, draw, x, y);
      },
      nodeDimensions: { width: draw.radius ? 2 * draw.radius : draw.w, height: draw.radius ? 2 * draw.radius : draw.h },
    };
  }

  paint();
  const looks = lines();
  const lineSet = new vis.DataSet(edges.map((edge, at) => ({ ...edge, ...looks[at] })));
  options.nodes.ctxRenderer = drawThing;
  Object.assign(options.interaction, { dragView: free, zoomView: free });
  document.body.classList.remove("still");
  element("words").open = false;
  stage.classList.toggle("free", free);
  const network = new vis.Network(canvas, { nodes: new vis.DataSet(nodes), edges: lineSet }, options);

  // The headings of the columns stay at the upper edge, whatever is scrolled to.
  const headings = drawn.filter((node) => node.draw.kind === "heading");
  const strip = headings.length ? 2 * headings[0].y - 10 : 0;
  network.on("afterDrawing", (ctx) => {
    if (!headings.length) return;
    const corner = network.DOMtoCanvas({ x: 0, y: 0 });
    const down = Math.max(0, corner.y);
    ctx.fillStyle = colours.ground.fill;
    if (down > 0) ctx.fillRect(corner.x, down, stage.clientWidth / scale, strip);
    headings.forEach((node) => text(ctx, node.draw, node.x, node.y - (down > 0 ? 5 : 0) + down));
  });

  // In a picture too large for all its labels those of the largest dots are drawn, as many as overlap nowhere; more as one zooms.
  const byRadius = free ? [...things].sort((a, b) => b.draw.radius - a.draw.radius) : [];
  let named = [];
  network.on("afterDrawing", (ctx) => {
    if (!free) return;
    const now = network.getScale();
    const size = Math.max(12, Math.min(font.size, font.size * now)) / now;
    const high = (size * leading) / font.size;
    const [low, far] = [network.DOMtoCanvas({ x: 0, y: 0 }), network.DOMtoCanvas({ x: stage.clientWidth, y: stage.clientHeight })];
    ctx.font = `${size}px ${font.face}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    ctx.lineJoin = "round";
    ctx.lineWidth = (4 * size) / font.size;
    ctx.strokeStyle = colours.ground.fill;
    ctx.fillStyle = colours.ink.fill;
    named = [];
    for (const { id, label, x, y, draw } of byRadius) {
      if (named.length >= 45) break;
      if (x < low.x || x > far.x || y < low.y || y > far.y || (lit && !lit.has(id))) continue;
      const half = Math.max(...draw.lines.map((words) => ctx.measureText(words).width)) / 2 + 3 / now;
      const box = { label, left: x - half, right: x + half, top: y + draw.radius, bottom: y + draw.radius + 4 / now + high * draw.lines.length };
      if (named.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom)) continue;
      named.push(box);
      draw.lines.forEach((words, at) => {
        const base = box.top + 2 / now + high * at + size;
        ctx.strokeText(words, x, base);
        ctx.fillText(words, x, base);
      });
    }
  });

  function refresh() {
    lineSet.update(lines());
    network.redraw();
  }

  // -- where we look ---------------------------------------------------------------------------------------------------
  function measure() {
    const [w, h] = [stage.clientWidth, stage.clientHeight];
    canvas.style.width = `${w}px`;
    canvas.style.height = `${h}px`;
    network.setSize(`${w}px`, `${h}px`);
    network.redraw();
    if (free) return;
    const fit = kind === "chart" ? w / width : Math.min(w / width, h / height);
    scale = Math.max(LEAST, Math.min(2, Math.min(1, Math.max(LEAST, fit)) * zoom));
    space.style.width = `${Math.max(w, width * scale)}px`;
    space.style.height = `${Math.max(h, height * scale)}px`;
    look();
  }

  function look() {
    if (free) return;
    const [w, h] = [stage.clientWidth / scale, stage.clientHeight / scale];
    const x = width < w ? width / 2 : stage.scrollLeft / scale + w / 2;
    const y = height < h && kind === "network" ? height / 2 : stage.scrollTop / scale + h / 2;
    network.moveTo({ position: { x, y }, scale, animation: false });
  }

  function reveal(node) {
    if (free) {
      network.moveTo({ position: { x: node.x, y: node.y }, scale: Math.max(0.9, network.getScale()), animation: false });
      return;
    }
    const [x, y] = [node.x * scale, node.y * scale];
    const beyond = x < stage.scrollLeft + 60 || x > stage.scrollLeft + stage.clientWidth - 60 || y < stage.scrollTop + 40 || y > stage.scrollTop + stage.clientHeight - 40;
    if (beyond) stage.scrollTo({ left: x - stage.clientWidth / 2, top: y - stage.clientHeight / 2, behavior: "instant" });
  }

  function magnify(factor) {
    if (free) {
      network.moveTo({ scale: network.getScale() * factor, animation: false });
      return;
    }
    const before = scale;
    const middle = [stage.scrollLeft + stage.clientWidth / 2, stage.scrollTop + stage.clientHeight / 2];
    zoom *= factor;
    measure();
    zoom *= scale / (before * factor); // what was not granted is not kept
    stage.scrollTo({ left: (middle[0] * scale) / before - stage.clientWidth / 2, top: (middle[1] * scale) / before - stage.clientHeight / 2, behavior: "instant" });
  }

  // -- what belongs together -------------------------------------------------------------------------------------------
  const after = new Map();
  const before = new Map();
  const logical = [...new Map(edges.map(({ draw: edge }) => [`${edge.source}\n${edge.target}\n${edge.style}`, edge])).values()];
  for (const edge of logical) {
    if (!after.has(edge.source)) after.set(edge.source, []);
    if (!before.has(edge.target)) before.set(edge.target, []);
    after.get(edge.source).push(edge);
    before.get(edge.target).push(edge);
  }
  // Lines that go neither way are told from both ends.
  const linked = (id) => [...(after.get(id) ?? []), ...(before.get(id) ?? []).filter((edge) => edge.source !== id).map((edge) => ({ ...edge, source: edge.target, target: edge.source }))];

  function chain(id) {
    const all = new Set([id]);
    for (const [next, end] of [[after, "target"], [before, "source"]]) {
      const seen = new Set([id]);
      const queue = [id];
      while (queue.length) {
        for (const edge of next.get(queue.pop()) ?? []) {
          if (seen.has(edge[end])) continue;
          seen.add(edge[end]);
          if (kind === "chart") queue.push(edge[end]);
        }
      }
      seen.forEach((other) => all.add(other));
    }
    return all;
  }

  // -- the panel -------------------------------------------------------------------------------------------------------
  function made(name, words, className) {
    const one = document.createElement(name);
    if (words !== undefined) { one.textContent = words; one.dir = "auto"; }
    if (className) one.className = className;
    return one;
  }

  const ROLES = { actor: "who commits", decider: "who decides" };

  function neighbours(title, list, end) {
    if (!list?.length) return;
    chosen.append(made("h3", title));
    const items = made("ul");
    for (const edge of list) {
      const item = made("li");
      const button = made("button", byId.get(edge[end]).draw.label);
      button.type = "button";
      button.addEventListener("click", () => choose(edge[end], true));
      item.append(made("span", edge.words, "quiet"), button);
      items.append(item);
    }
    chosen.append(items);
  }

  function show(id) {
    chosen.replaceChildren();
    chosen.hidden = id === null;
    element("hint").hidden = id !== null;
    if (id === null) return;
    const { draw } = byId.get(id);
    const said = [draw.detail === draw.kind ? "" : (ROLES[draw.kind] ?? draw.kind), draw.detail].filter(Boolean).join(": ");
    chosen.append(made("h2", draw.label), made("p", [said, ...draw.said].filter(Boolean).join(" · "), "quiet"));
    const cited = [draw.label];
    if (draw.quotes.length) chosen.append(made("h3", draw.quotes.length === 1 ? "In these words" : `In these words (${draw.quotes.length})`));
    for (const at of draw.quotes) {
      const [article, start, end, words, speakers] = quotes[at];
      const quote = made("blockquote");
      const source = `${speakers.length ? speakers.join(", ") + "; " : ""}${article}, characters ${start}–${end}`;
      quote.append(made("p", words), made("footer", source));
      chosen.append(quote);
      cited.push(`“${words}” (${source})`);
    }
    if (directed) {
      neighbours(kind === "chart" ? "Leads to" : "Links to", after.get(id), "target");
      neighbours(kind === "chart" ? "Comes from" : "Linked from", before.get(id), "source");
    } else neighbours("Linked with", linked(id), "target");
    if (draw.kind === "gate") return;
    const iri = kind === "chart" ? id.slice(draw.kind.length + 1) : id;
    const copy = made("button", "Copy with sources", "copy");
    copy.type = "button";
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText([...cited, iri].join("\n"));
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "The browser does not let this page copy";
      }
    });
    if (navigator.clipboard) chosen.append(copy);
    chosen.append(made("p", iri, "iri"));
  }

  function choose(id, look = false) {
    selected = id;
    lit = id === null ? null : chain(id);
    ringed = new Set(id === null ? [] : [id]);
    show(id);
    element("panel").scrollTop = 0;
    history.replaceState(null, "", id === null ? location.pathname + location.search : `#node=${encodeURIComponent(id)}`);
    if (id !== null && look) reveal(byId.get(id));
    refresh();
  }

  // What is seen of the picture, on its ground, as a file.
  function save() {
    const seen = canvas.querySelector("canvas"), paper = Object.assign(document.createElement("canvas"), { width: seen.width, height: seen.height });
    const ctx = paper.getContext("2d");
    ctx.fillStyle = colours.ground.fill;
    ctx.fillRect(0, 0, paper.width, paper.height);
    ctx.drawImage(seen, 0, 0);
    paper.toBlob((blob) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${document.title}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    });
  }

  // -- search ----------------------------------------------------------------------------------------------------------
  const LETTERS = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };
  const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[łøđðþßæœı]/g, (c) => LETTERS[c]);
  const searchable = things.map((node) => plain([node.draw.label, ...node.draw.said].join(" ")));

  function find() {
    const wanted = plain(search.value.trim());
    matches = wanted ? things.filter((_, at) => searchable[at].includes(wanted)) : [];
    found.textContent = wanted ? `${matches.length} found` : "";
    if (selected !== null) choose(null);
    lit = matches.length ? new Set(matches.map((node) => node.id)) : null;
    ringed = new Set(lit ?? []);
    if (matches.length) reveal(matches[0]);
    refresh();
  }

  function clear() {
    search.value = "";
    find();
    choose(null);
  }

  // -- hands -----------------------------------------------------------------------------------------------------------
  function hit({ x, y }) {
    if (y < network.DOMtoCanvas({ x: 0, y: 0 }).y + strip) return null; // what lies behind the headings
    const at = things.filter(({ draw, x: cx, y: cy }) => {
      const top = draw.radius ? cy - draw.radius : cy - draw.h / 2;
      return Math.abs(x - cx) <= draw.w / 2 && y >= top && y <= top + draw.h;
    });
    return at.length ? at[at.length - 1].id : null;
  }

  network.on("click", ({ pointer }) => {
    const id = hit(pointer.canvas);
    if (search.value) search.value = found.textContent = "";
    choose(id);
  });
  let grip = null; // where a mouse took hold of a picture that scrolls
  canvas.addEventListener("pointerdown", (event) => {
    if (!free && event.pointerType === "mouse" && event.button === 0) grip = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
  });
  addEventListener("pointermove", (event) => {
    if (grip) stage.scrollTo({ left: grip.x - event.clientX, top: grip.y - event.clientY, behavior: "instant" });
    else if (canvas.contains(event.target)) {
      const box = canvas.getBoundingClientRect();
      canvas.style.cursor = hit(network.DOMtoCanvas({ x: event.clientX - box.left, y: event.clientY - box.top })) === null ? "" : "pointer";
    }
  });
  for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, () => { grip = null; });
  stage.addEventListener("scroll", look);
  canvas.querySelector(".vis-network").tabIndex = -1; // the stage is what keys reach
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !things.length || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = selected === null ? Math.min(-step, 0) : things.findIndex(({ id }) => id === selected);
    choose(things[(at + step + things.length) % things.length].id, true);
  });
  search.addEventListener("input", find);
  element("png")?.addEventListener("click", save);
  element("smaller").addEventListener("click", () => magnify(0.85));
  element("larger").addEventListener("click", () => magnify(1 / 0.85));
  element("words").addEventListener("click", (event) => {
    const id = event.target.dataset?.node;
    if (id === undefined || !byId.has(id)) return;
    choose(id, true);
    stage.scrollIntoView({ block: "nearest", behavior: "instant" });
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
    else if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Enter" && document.activeElement === search && matches.length) {
      const at = matches.findIndex((node) => node.id === selected);
      const all = matches;
      choose(all[(at + 1) % all.length].id, true);
      matches = all;
    }
  });
  addEventListener("beforeprint", () => { element("words").open = true; });
  addEventListener("afterprint", () => { element("words").open = false; });
  addEventListener("hashchange", arrive);
  night.addEventListener("change", () => { paint(); refresh(); });
  new ResizeObserver(measure).observe(stage);

  function arrive() {
    const node = things.find(({ id }) => `#node=${encodeURIComponent(id)}` === location.hash);
    if (node) choose(node.id, true);
  }

  measure();
  if (free) network.moveTo({ position: { x: width / 2, y: height / 2 }, scale: Math.min(stage.clientWidth / width, stage.clientHeight / height, 1) || 1 /* a frame that has no size yet */, animation: false });
  arrive();
  window.picture = { network, things, get lit() { return lit && [...lit]; }, get named() { return named; } }; // for whoever looks from the console, and the tests
})();
