"use strict";
(() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const { classes, samples, words } = data;
  const NAME = 0, PART = 1, DOMAIN = 2, TRUE = 3, SAID = 4, SURE = 5, TOP = 6, JUDGED = 7;
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";

  function make(tag, attributes = {}, ...inside) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inside.filter((part) => part !== null && part !== undefined));
    return node;
  }

  function draw(tag, attributes = {}, ...inside) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inside);
    return node;
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const percent = (share) => (100 * share).toFixed(share < 0.1 || (share > 0.99 && share < 0.9995) ? 1 : 0) + "%";
  const number = (value) => (value === null ? "–" : Math.abs(value) < 1e4 ? Number(value.toPrecision(4)).toString() : value.toExponential(2));
  const named = (value) => (classes.length ? (value >= 0 ? classes[value] : "–") : number(value));
  const short = (name) => name.split("/").pop();
  const uri = (bytes) => `data:${data.mime};base64,${bytes}`;
  const wrong = (s) => classes.length && s[SAID] >= 0 && s[TRUE] >= 0 && s[SAID] !== s[TRUE];
  const kind = data.mime.split("/")[0];

  // ——— samples: cards, the box beside the pointer, the dialog

  function shown(i, big) {
    const media = (big && data.large[i]) || data.small[i] || data.large[i];
    if (media === undefined) return null;
    if (kind === "image") return make("img", { src: uri(media), alt: "" });
    if (kind === "audio") return make("audio", { src: uri(media), controls: "", preload: "none", "aria-label": `${words.play} ${samples[i][NAME]}` });
    if (kind === "application") return row(media, big);
    return make("span", { class: "quote" }, media);
  }

  function row(media, big) {
    const cells = Object.entries(JSON.parse(media)).filter(([, value]) => value !== null);
    return make("span", { class: "cells" }, ...cells.slice(0, big ? 40 : 4).map(([name, value]) => make("span", {}, `${name}: `, make("b", {}, typeof value === "number" ? number(value) : String(value)))));
  }

  function told(i, suggested, before) {
    const s = samples[i];
    const lines = [];
    if (s[TRUE] !== null && (!classes.length || s[TRUE] >= 0)) lines.push(`${words.label}: ${named(s[TRUE])}`);
    if (before !== undefined) lines.push(`${words.before}: ${named(before)}`);
    if (suggested !== undefined) lines.push(`${words.suggested}: ${named(suggested)}` + (s[SAID] === suggested ? ` · ${percent(s[SURE])} ${words.sure}` : ""));
    if (s[SURE] !== null && suggested === undefined) {
      lines.push(`${words.said}: ${named(s[SAID])}` + (classes.length ? ` · ${percent(s[SURE])} ${words.sure}` : ` · ${words.error} ${number(s[SURE])}`));
    }
    return lines;
  }

  function card(i, suggested, before) {
    const s = samples[i];
    const media = shown(i, true);
    const lines = told(i, suggested, before).map((line, n) => make("span", n && (wrong(s) || suggested !== undefined) ? { class: "wrongly" } : {}, line, make("br")));
    const text = make("span", { class: "told" }, ...lines, kind === "text" ? null : make("span", { class: "file", title: s[NAME] }, short(s[NAME])));
    const button = make("button", { type: "button", "aria-label": `${s[NAME]}. ${told(i, suggested, before).join(". ")}` });
    const box = make("div", { class: "sample" });
    if (kind === "audio") box.append(media || "", button);
    else { if (media) button.append(media); box.append(button); }
    button.append(text);
    button.addEventListener("click", () => open(i));
    return make("li", {}, box);
  }

  function gallery(list, indices, suggested, before) {
    list.classList.add(kind || "plain");
    list.replaceChildren(...indices.filter((i) => samples[i]).map((i, n) => card(i, suggested && suggested[n], before && before[n])));
  }

  const place = new Map((data.map ? data.map.points : []).map((i, n) => [i, n]));
  const dialog = byId("sample");

  function open(i) {
    const s = samples[i];
    const facts = make("div", { class: "facts" }, ...told(i).map((line) => make("p", {}, line)));
    facts.append(make("p", { class: "soft" }, `${words.part}: ${words[s[PART]] || s[PART]}` + (s[DOMAIN] ? ` · ${words.domain}: ${s[DOMAIN]}` : "")));
    if (s[TOP].length) {
      const rows = s[TOP].map(([k, p]) => make("tr", {}, make("td", {}, classes[k]), make("td", {}, make("span", { class: "meter", style: `--share:${p}` })), make("td", {}, percent(p))));
      facts.append(make("table", { class: "chances" }, make("tbody", {}, ...rows)));
    }
    const near = (data.near[place.get(i)] || []).filter((j) => samples[j] && j !== i);
    if (near.length) {
      facts.append(make("p", { class: "soft" }, words.alike + ":"));
      facts.append(make("div", { class: "alike" }, ...near.map(other)));
    }
    const close = make("button", { type: "button" }, words.close);
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(
      make("h3", { id: "sample-name" }, s[NAME]),
      make("div", { class: "pair" }, shown(i, true) || make("p", { class: "soft" }, words.nopicture), facts),
      make("p", { class: "foot" }, close),
    );
    if (!dialog.open) dialog.showModal();
  }

  function other(j) {
    const s = samples[j];
    const media = data.small[j];
    const label = s[TRUE] !== null && (!classes.length || s[TRUE] >= 0) ? named(s[TRUE]) : short(s[NAME]);
    const button = make("button", { type: "button", "aria-label": s[NAME] });
    if (kind === "image" && media) button.append(shown(j, false));
    button.append(make("span", {}, kind === "text" && media ? `${label}: ${media}` : label));
    button.addEventListener("click", () => open(j));
    return button;
  }

  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  const hover = byId("hover");

  function beside(i, x, y) {
    const parts = [];
    const media = data.small[i];
    if (media && kind === "image") parts.push(shown(i, false));
    if (media && kind === "application") parts.push(shown(i, false));
    if (media && kind === "text") parts.push(make("div", {}, media));
    parts.push(make("strong", {}, kind === "text" ? "" : short(samples[i][NAME])), ...told(i).map((line) => make("div", {}, line)));
    hover.replaceChildren(...parts);
    hover.hidden = false;
    const box = hover.getBoundingClientRect();
    hover.style.left = Math.max(8, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
    hover.style.top = Math.max(8, Math.min(y + 14, innerHeight - box.height - 8)) + "px";
  }

  const away = () => { hover.hidden = true; };
  addEventListener("scroll", away, { passive: true });

  for (const list of document.querySelectorAll("ul[data-samples]")) {
    const [indices, suggested, before] = ["samples", "suggested", "before"].map((name) => list.dataset[name] && list.dataset[name].split(" ").map(Number));
    gallery(list, indices, suggested, before);
    if ("copy" in list.dataset) list.before(copier(indices));
  }

  function copier(indices) {
    const button = make("button", { type: "button" }, words.copy);
    button.addEventListener("click", async () => {
      const names = indices.map((i) => samples[i][NAME]).join("\n");
      try {
        await navigator.clipboard.writeText(names);
      } catch {
        const area = make("textarea", {}, names);
        button.after(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      button.textContent = words.copied;
    });
    return button;
  }

  // ——— the matrix

  const cell = byId("cell");
  if (cell) {
    const buttons = document.querySelectorAll("#matrix button[data-true]");
    for (const button of buttons) {
      button.addEventListener("click", () => {
        const again = button.getAttribute("aria-expanded") === "true";
        for (const each of buttons) each.setAttribute("aria-expanded", "false");
        cell.hidden = again;
        if (again) return;
        button.setAttribute("aria-expanded", "true");
        spread(Number(button.dataset.true), Number(button.dataset.said), button);
      });
    }
  }

  function spread(t, s, button) {
    const inside = Object.keys(samples).map(Number).filter((i) => samples[i][JUDGED] && samples[i][TRUE] === t && samples[i][SAID] === s);
    inside.sort((a, b) => samples[b][SURE] - samples[a][SURE]);
    const title = make("h3", {}, `${fill(words.cell, { true: classes[t], said: classes[s] })} (${inside.length})`);
    const close = make("button", { type: "button" }, words.close);
    close.addEventListener("click", () => { cell.hidden = true; button.setAttribute("aria-expanded", "false"); button.focus(); });
    const list = make("ul", { class: "gallery" });
    const MOST = 48;
    gallery(list, inside.slice(0, MOST));
    const rest = inside.length > MOST ? make("p", { class: "soft" }, fill(words.more, { count: inside.length - MOST })) : null;
    const bar = make("div", { class: "topline" }, title, inside.length ? copier(inside) : null, close);
    cell.replaceChildren(...[bar, inside.length ? list : make("p", { class: "soft" }, words.none), rest].filter(Boolean));
    cell.focus({ preventScroll: true });
    byId("said").textContent = title.textContent;
  }

  // ——— the threshold

  if (data.threshold) {
    const bytes = Uint8Array.from(atob(data.threshold.packed), (c) => c.charCodeAt(0));
    const shares = new Uint16Array(bytes.buffer);
    const { labels } = data.threshold;
    const K = classes.length;
    const cut = byId("cut"), positive = byId("positive");
    let state = null;

    const sorted = (k) => {
      const rows = labels.map((y, i) => [shares[i * K + k] / 65535, y === k ? 1 : 0]);
      rows.sort((a, b) => b[0] - a[0]);
      return rows;
    };

    const choose = () => {
      const k = Number(positive.value);
      const rows = sorted(k);
      const P = rows.reduce((sum, row) => sum + row[1], 0), N = rows.length - P;
      const roc = [[0, 0]], pr = [];
      let tp = 0, fp = 0, area = 0, average = 0;
      rows.forEach(([p, hit], n) => {
        tp += hit; fp += 1 - hit;
        if (n + 1 < rows.length && rows[n + 1][0] === p) return;
        const [x0, y0] = roc[roc.length - 1];
        const point = [N ? fp / N : 0, P ? tp / P : 0];
        area += (point[0] - x0) * (point[1] + y0) / 2;
        average += (point[1] - y0) * (tp / (tp + fp));
        roc.push(point);
        pr.push([point[1], tp / (tp + fp)]);
      });
      state = { rows, P, N };
      plot(byId("roc"), roc, words.fpr, words.tpr, `${words.area} ${area.toFixed(3)}`, true);
      plot(byId("pr"), pr, words.recall, words.precision, `${words.area} ${average.toFixed(3)}`, false);
      const note = byId("threshold-note");
      note.textContent = note.dataset.note.replace("§", classes[k]);
      move();
    };

    const plot = (where, points, xName, yName, label, diagonal) => {
      const X = (x) => 46 + x * 300, Y = (y) => 312 - y * 300;
      const parts = [];
      for (let i = 0; i <= 4; i += 1) {
        const v = i / 4;
        parts.push(draw("line", { x1: X(v), x2: X(v), y1: Y(0), y2: Y(1), class: "grid" }), draw("line", { x1: X(0), x2: X(1), y1: Y(v), y2: Y(v), class: "grid" }));
        parts.push(draw("text", { x: X(v), y: 329, "text-anchor": "middle" }, v), draw("text", { x: 40, y: Y(v) + 4, "text-anchor": "end" }, v));
      }
      parts.push(draw("text", { x: X(0.5), y: 352, "text-anchor": "middle", class: "axis" }, xName));
      parts.push(draw("text", { transform: "translate(12 162) rotate(-90)", "text-anchor": "middle", class: "axis" }, yName));
      if (diagonal) parts.push(draw("line", { x1: X(0), x2: X(1), y1: Y(0), y2: Y(1), class: "ideal" }));
      const steps = points.map(([x, y], n) => (n && !diagonal ? `H${X(x).toFixed(1)}V${Y(y).toFixed(1)}` : `${n ? "L" : "M"}${X(x).toFixed(1)} ${Y(y).toFixed(1)}`));
      parts.push(draw("path", { d: steps.join(""), class: "line" }));
      parts.push(draw("text", { x: X(0.96), y: Y(0.06), "text-anchor": "end", class: "axis" }, label));
      const mark = draw("circle", { r: 7, class: "c1", stroke: "var(--card)", "stroke-width": 2 });
      where.replaceChildren(draw("svg", { viewBox: "0 0 356 360", class: "plot", role: "img", "aria-label": `${yName} / ${xName}, ${label}` }, ...parts, mark));
      where.put = (x, y) => { mark.setAttribute("cx", X(x)); mark.setAttribute("cy", Y(y)); };
    };

    const wilson = (hits, n) => {
      if (!n) return "";
      const z = 1.959964, p = hits / n;
      const middle = (p + z * z / (2 * n)) / (1 + z * z / n);
      const half = z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
      return ` [${Math.max(0, middle - half).toFixed(3)}, ${Math.min(1, middle + half).toFixed(3)}]`;
    };

    const move = () => {
      const t = Number(cut.value);
      let tp = 0, fp = 0;
      for (const [p, hit] of state.rows) { if (p < t) break; tp += hit; fp += 1 - hit; }
      const fn = state.P - tp, tn = state.N - fp;
      const share = (hits, n) => (n ? (hits / n).toFixed(3) : "–");
      byId("cut-said").textContent = t.toFixed(3);
      byId("roc").put(state.N ? fp / state.N : 0, state.P ? tp / state.P : 0);
      byId("pr").put(state.P ? tp / state.P : 0, tp + fp ? tp / (tp + fp) : 1);
      const rows = [
        [words.sensitivity, share(tp, state.P), wilson(tp, state.P)],
        [words.specificity, share(tn, state.N), wilson(tn, state.N)],
        [words.precision, share(tp, tp + fp), wilson(tp, tp + fp)],
        [words.f1, share(2 * tp, 2 * tp + fp + fn), ""],
        [words.found, tp, ""], [words.missed, fn, ""], [words.falsely, fp, ""], [words.cleared, tn, ""],
      ];
      byId("counts").replaceChildren(make("table", {}, make("tbody", {}, ...rows.map(([name, value, ends]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, make("strong", {}, String(value)), make("small", {}, ends)))))));
      cut.setAttribute("aria-valuetext", `${t.toFixed(3)}: ${words.sensitivity} ${share(tp, state.P)}, ${words.specificity} ${share(tn, state.N)}`);
    };

    positive.addEventListener("change", choose);
    cut.addEventListener("input", move);
    choose();
  }

  // ——— the map

  const SHAPES = [
    (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
    (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    (x, y, r) => `M${x} ${y - 1.25 * r}L${x + 1.2 * r} ${y + r}H${x - 1.2 * r}z`,
    (x, y, r) => `M${x} ${y - 1.35 * r}L${x + 1.35 * r} ${y}L${x} ${y + 1.35 * r}L${x - 1.35 * r} ${y}z`,
    (x, y, r) => `M${x} ${y + 1.25 * r}L${x + 1.2 * r} ${y - r}H${x - 1.2 * r}z`,
  ];
  const COLOURS = 8;

  if (data.map) {
    const plot = byId("map-plot"), colour = byId("map-colour"), layout = byId("map-layout");
    const points = data.map.points;
    const r = Math.max(5, Math.min(11, 260 / Math.sqrt(points.length)));
    const marks = points.map((i) => draw("path", { "data-i": i }));
    plot.replaceChildren(...marks);
    let at = -1;

    const grades = (values) => {
      const known = values.filter((v) => v !== null).sort((a, b) => a - b);
      const ends = [0.2, 0.4, 0.6, 0.8].map((q) => known[Math.floor(q * (known.length - 1))]);
      return values.map((v) => (v === null ? words.unlabelled : String(ends.filter((end) => v > end).length)));
    };

    const kinds = () => {
      const by = colour.value;
      const rows = points.map((i) => samples[i]);
      if (by === "part") return rows.map((s) => s && (words[s[PART]] || s[PART]));
      if (by === "domain") return rows.map((s) => s && s[DOMAIN]);
      if (by === "right") return rows.map((s) => s && (s[SAID] < 0 || s[TRUE] < 0 ? words.unanswered : wrong(s) ? words.wrongly : words.rightly));
      if (!classes.length) return grades(rows.map((s) => s && s[TRUE]));
      const place = by === "said" ? SAID : TRUE;
      return rows.map((s) => s && (s[place] >= 0 ? classes[s[place]] : by === "said" ? words.unanswered : words.unlabelled));
    };

    const paint = () => {
      const found = kinds();
      const order = colour.value === "label" || colour.value === "said" ? classes.filter((c) => found.includes(c)) : [];
      const names = [...new Set([...order, ...(colour.value === "right" ? [words.rightly, words.wrongly] : []), ...found])].filter((name) => name !== undefined && name !== null && found.includes(name));
      names.sort((a, b) => (classes.length ? 0 : a < b ? -1 : 1));
      const place = data.map.layouts[layout ? layout.value : "features"];
      marks.forEach((mark, n) => {
        const c = names.indexOf(found[n]);
        mark.setAttribute("class", `p c${c % COLOURS}` + (n === at ? " at" : ""));
        mark.setAttribute("d", SHAPES[Math.floor(c / COLOURS + (c % COLOURS)) % SHAPES.length](place[n][0], place[n][1], r));
      });
      byId("map-legend").replaceChildren(...names.slice(0, 40).map((name, c) => {
        const icon = draw("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, draw("path", { class: `c${c % COLOURS}`, d: SHAPES[Math.floor(c / COLOURS + (c % COLOURS)) % SHAPES.length](8, 8, 5.5) }));
        return make("li", {}, icon, `${classes.length || colour.value !== "label" ? name : legend(Number(name), found)} (${found.filter((f) => f === name).length})`);
      }));
    };

    const legend = (grade, found) => {
      const inside = points.map((i, n) => (found[n] === String(grade) && samples[i] ? samples[i][TRUE] : null)).filter((v) => v !== null);
      return inside.length ? `${number(Math.min(...inside))} – ${number(Math.max(...inside))}` : words.unlabelled;
    };

    const go = (n, announce) => {
      if (at >= 0) marks[at].classList.remove("at");
      at = n;
      if (n < 0) return;
      marks[n].classList.add("at");
      const box = marks[n].getBoundingClientRect();
      const i = points[n];
      if (!samples[i]) return;
      beside(i, box.right, box.bottom);
      if (announce) byId("said").textContent = `${samples[i][NAME]}. ${told(i).join(". ")}`;
    };

    const nearest = (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse());
      let best = -1, least = 2.5 * r;
      data.map.layouts[layout ? layout.value : "features"].forEach(([x, y], n) => {
        const apart = Math.hypot(x - at.x, y - at.y);
        if (apart < least) { least = apart; best = n; }
      });
      return best;
    };

    plot.addEventListener("pointermove", (event) => {
      const n = nearest(event);
      if (n >= 0) go(n, false);
      else away();
    });
    plot.addEventListener("pointerleave", away);
    plot.addEventListener("click", (event) => {
      const n = nearest(event);
      if (n >= 0 && samples[points[n]]) { away(); open(points[n]); }
    });
    plot.addEventListener("blur", away);
    plot.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (event.key === "Enter" && at >= 0) { away(); open(points[at]); event.preventDefault(); }
      if (event.key === "Escape") away();
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      const where = data.map.layouts[layout ? layout.value : "features"];
      if (at < 0) { go(0, true); return; }
      let best = -1, least = Infinity;
      where.forEach(([x, y], n) => {
        const dx = x - where[at][0], dy = y - where[at][1];
        const ahead = dx * step[0] + dy * step[1], aside = Math.abs(dx * step[1]) + Math.abs(dy * step[0]);
        if (n !== at && ahead > 0 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = n; }
      });
      if (best >= 0) go(best, true);
    });
    colour.addEventListener("change", paint);
    if (layout) layout.addEventListener("change", paint);
    paint();
  }

  // ——— predicted beside true

  const scatter = byId("scatter");
  if (scatter) {
    scatter.addEventListener("pointermove", (event) => {
      const mark = event.target.closest("[data-i]");
      if (mark && samples[mark.dataset.i]) beside(Number(mark.dataset.i), event.clientX, event.clientY);
      else away();
    });
    scatter.addEventListener("pointerleave", away);
    scatter.addEventListener("click", (event) => {
      const mark = event.target.closest("[data-i]");
      if (mark && samples[mark.dataset.i]) { away(); open(Number(mark.dataset.i)); }
    });
  }

  // ——— what the model looks at

  const tint = (value) => (value > 0 ? `rgba(230, 90, 0, ${Math.min(0.75, value)})` : `rgba(0, 110, 200, ${Math.min(0.75, -value)})`);

  for (const where of document.querySelectorAll("[data-look]")) {
    const look = data.looks[Number(where.dataset.look)];
    const largest = Math.max(...look.weights.map(Math.abs), 1e-9);
    const colour = look.weights.map((w) => tint(0.75 * w / largest));
    if (look.pieces) {
      where.parentElement.parentElement.classList.add("text");
      where.append(...look.pieces.map((piece, n) => make("mark", { style: `background:${colour[n]}`, title: look.weights[n].toFixed(3) }, piece + " ")));
    } else if (kind === "image") {
      const cells = look.weights.map((w, n) => draw("rect", { x: n % look.across, y: Math.floor(n / look.across), width: 1.02, height: 1.02, fill: colour[n] }, draw("title", {}, w.toFixed(3))));
      const over = draw("svg", { viewBox: `0 0 ${look.across} ${look.weights.length / look.across}`, preserveAspectRatio: "none", role: "img", "aria-label": words.sure }, ...cells);
      where.append(make("div", { class: "seen" }, shown(look.sample, true) || "", over));
    } else {
      const bars = look.weights.map((w, n) => draw("rect", { x: n, y: 0, width: 1.02, height: 1, fill: colour[n] }, draw("title", {}, w.toFixed(3))));
      where.append(shown(look.sample, true) || "", draw("svg", { viewBox: `0 0 ${look.weights.length} 1`, preserveAspectRatio: "none", style: "width:100%;height:40px", role: "img", "aria-label": words.sure }, ...bars));
    }
  }

  // ——— the page itself

  const root = document.documentElement;
  byId("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const links = [...document.querySelectorAll("header nav a")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) for (const link of links) link.classList.toggle("here", link.hash === `#${entry.target.id}`);
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of document.querySelectorAll("main > section")) seen.observe(section);

  const live = document.body.dataset.live;
  if (live) {
    const version = Number(live.split("?")[1]);
    const ask = async () => {
      try {
        const news = await (await fetch(live, { cache: "no-store" })).json();
        if (news.version !== version) { location.reload(); return; }
        byId("live-step").textContent = news.step;
        const bar = byId("live-bar");
        if (news.share === null) bar.removeAttribute("value");
        else bar.value = news.share;
      } catch {
        byId("live-step").textContent = "…";
      }
      setTimeout(ask, 700);
    };
    ask();
  }
})();
