"use strict";
// Draws the figures and the table. Other people's text is only ever set as textContent.
(() => {
  const { sets, figures, rows, left_out: leftOut } = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 720px)");
  const CROWDED = 120; // tasks; with more of them the gaps between fields would be all there is
  const PALETTES = {
    light: ["#2b6cd4", "#d9731a", "#1f8a5b", "#a3479b", "#b3402a", "#0e8a9a", "#8a6d1b", "#5b5fc7", "#c2487a", "#5d7a1f"],
    dark: ["#6ea8ff", "#f2a154", "#5ccf97", "#d58bcd", "#ff8f75", "#53c7d6", "#d6b656", "#9c9ff2", "#f08db4", "#a5c858"],
  };

  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // Figures.
  const plots = figures.map((figure) => {
    const box = make("figure");
    const caption = make("figcaption");
    const title = make("h3", "", figure.title);
    title.dir = "auto";
    caption.append(title, make("p", "", figure.about));
    const plot = make("div", "plot");
    if (figure.kind === "tree") {
      box.className = "whole";
      plot.style.height = `${Math.min(1000, Math.max(400, 70 + 24 * figure.traces[0].ids.length))}px`;
    }
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${figure.title}. ${figure.about}`);
    box.append(caption, plot);
    find(figure.kind === "tree" ? "trees" : "figures").append(box);
    return plot;
  });

  function styled(trace, kind, palette, look) {
    const drawn = { ...trace };
    const colour = palette[(trace.set || 0) % palette.length];
    delete drawn.set;
    delete drawn.names;
    delete drawn.short;
    if (kind === "sunburst") drawn.insidetextfont = { color: dark.matches ? "#0d1117" : "#ffffff" };
    if (kind === "lines") drawn.line = { color: colour, width: 2.5 };
    if (kind === "bars" || kind === "across") drawn.marker = { color: colour, opacity: 0.9 };
    if (kind === "sunburst") {
      drawn.marker = { line: { color: look.card, width: 1 } };
      drawn.leaf = { opacity: 0.88 };
    }
    if (kind === "tree") {
      const gap = trace.ids.length > CROWDED ? 0 : 1;
      drawn.marker = {
        ...trace.marker,
        colorscale: look.scale,
        colorbar: { orientation: "h", thickness: 10, len: 0.9, y: -0.02, yanchor: "top", outlinewidth: 0, tickformat: ".0%" },
        line: { color: look.card, width: 2 * gap },
      };
      drawn.tiling = { orientation: "h", pad: gap };
      drawn.leaf = { opacity: 1 };
      if (narrow.matches) drawn.text = trace.short;
      drawn.pathbar = { visible: true, thickness: 22 };
    }
    return drawn;
  }

  function laidOut(figure, palette, look) {
    const axis = { gridcolor: look.line, zerolinecolor: look.line, linecolor: look.line, automargin: true, fixedrange: true };
    const flat = figure.kind === "tree" || figure.kind === "sunburst";
    const layout = {
      ...figure.layout,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 13, color: look.text },
      hoverlabel: { bgcolor: look.card, bordercolor: look.line, font: { color: look.text } },
      margin: flat ? { l: 4, r: 4, t: 4, b: 4 } : { l: 56, r: 12, t: 8, b: 48 },
      colorway: palette,
      sunburstcolorway: palette,
      extendsunburstcolors: false,
      barmode: "group",
      uniformtext: { mode: "hide", minsize: 9 },
      showlegend: figure.traces.length > 1,
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    };
    if (!flat) {
      layout.xaxis = { ...axis, ...figure.layout.xaxis };
      layout.yaxis = { ...axis, ...figure.layout.yaxis };
    }
    if (figure.kind === "across") {
      const { y, names, short } = figure.traces[0];
      Object.assign(layout.yaxis, { tickvals: y, ticktext: narrow.matches ? short : names, autorange: "reversed" });
      Object.assign(layout.xaxis, { nticks: narrow.matches ? 4 : 8, tickangle: 0 });
    }
    return layout;
  }

  function draw() {
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const look = { text: colour("--text"), card: colour("--card"), line: colour("--line") };
    look.scale = dark.matches
      ? [[0, "#2b3a4d"], [0.5, "#9a5a3c"], [1, "#ff8f75"]]
      : [[0, "#d6e4f5"], [0.5, "#f0b48c"], [1, "#b3402a"]];
    const palette = PALETTES[dark.matches ? "dark" : "light"];
    document.querySelectorAll(".swatch").forEach((swatch) => {
      swatch.style.background = palette[swatch.dataset.set % palette.length];
    });
    figures.forEach((figure, at) => {
      const traces = figure.traces.map((trace) => styled(trace, figure.kind, palette, look));
      const config = { displayModeBar: false, displaylogo: false, responsive: true };
      Plotly.react(plots[at], traces, laidOut(figure, palette, look), config);
    });
  }

  // Plotly lies in the page compressed. Its text becomes a script whose hash the policy names.
  async function unpackPlotly() {
    const packed = Uint8Array.from(atob(find("plotly").textContent), (sign) => sign.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const script = make("script", "", await new Response(plain).text());
    document.head.append(script);
    script.remove();
    if (!window.Plotly) throw new Error("Plotly was not run");
  }
  function drawFromNowOn() {
    draw();
    dark.addEventListener("change", draw);
    narrow.addEventListener("change", draw);
  }
  function leaveOut() {
    find("undrawn").hidden = false;
    plots.forEach((plot) => plot.closest("figure").remove());
  }
  unpackPlotly().then(drawFromNowOn, leaveOut);

  // The table: only the rows in sight are in the document.
  const [SET, TASK, RULE, TEXT, INPUT, OUTPUT, SCORE, NEAREST, REMARK, REPEATS, FURTHER] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const TURNS = new Set(["Assistant", "User"]); // of a conversation, between its instruction and its output
  const viewport = find("rows");
  const all = find("all");
  const shown = new Map();
  let chosen = [];
  let lowered = null;

  function options(id, first, values, name = (value) => value) {
    const select = find(id);
    select.append(new Option(first, ""));
    values.forEach((value) => select.append(new Option(name(value), String(value))));
    select.hidden = values.length < 2;
  }
  const distinct = (column) => [...new Set(rows.map((row) => row[column]))].filter((value) => value !== "");
  options("set", "All data sets", sets.map((_, at) => at), (at) => sets[at]);
  options("task", "All tasks", distinct(TASK).sort((a, b) => a.localeCompare(b)));
  const rules = distinct(RULE).sort();
  const rejections = rules.length ? ["rejected", ...rules.map((rule) => `rule:${rule}`)] : [];
  const repeats = rows.some((row) => row[REPEATS]) ? ["repeats"] : [];
  const NAMES = { kept: "records", repeats: "records that repeat another" };
  options("rule", "Records and rejections", ["kept", ...repeats, ...rejections], (value) => NAMES[value] || value.replace(/^rule:/, "rejected: "));

  function choose() {
    const words = find("search").value.trim().toLowerCase();
    if (words && !lowered) {
      lowered = rows.map((row) => [row[TEXT], row[INPUT], row[OUTPUT], row[REMARK], ...row[FURTHER].flat()].join("\n").toLowerCase());
    }
    const [set, task, rule, order] = ["set", "task", "rule", "order"].map((id) => find(id).value);
    const fits = (row, at) =>
      (set === "" || row[SET] === Number(set)) &&
      (task === "" || row[TASK] === task) &&
      (rule === "" || (rule === "kept" ? row[RULE] === "" : rule === "repeats" ? row[REPEATS] : rule === "rejected" ? row[RULE] !== "" : `rule:${row[RULE]}` === rule)) &&
      (!words || lowered[at].includes(words));
    chosen = [];
    rows.forEach((row, at) => { if (fits(row, at)) chosen.push(at); });
    const sign = { near: -1, far: 1 }[order];
    const last = sign > 0 ? 2 : -1; // rows without a neighbour come last
    if (sign) chosen.sort((a, b) => sign * ((rows[a][SCORE] ?? last) - (rows[b][SCORE] ?? last)) || a - b);
    const more = leftOut ? `; ${leftOut.toLocaleString("en")} more are not in this page` : "";
    find("count").textContent = `${chosen.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows${more}`;
    clear();
    viewport.scrollTop = 0;
    render();
  }

  const height = () => (narrow.matches ? 92 : 68);
  function clear() {
    all.replaceChildren();
    shown.clear();
  }
  function render() {
    const each = height();
    all.style.height = `${chosen.length * each}px`;
    const first = Math.max(0, Math.floor(viewport.scrollTop / each) - 6);
    const last = Math.min(chosen.length, Math.ceil((viewport.scrollTop + viewport.clientHeight) / each) + 6);
    for (const [place, row] of shown) {
      if ((place < first || place >= last) && !row.contains(document.activeElement)) {
        row.remove();
        shown.delete(place);
      }
    }
    for (let place = first; place < last; place += 1) {
      if (!shown.has(place)) {
        const row = drawRow(rows[chosen[place]], place, each);
        shown.set(place, row);
        const next = [...all.children].find((other) => Number(other.ariaPosInSet) > place + 1);
        all.insertBefore(row, next || null);
      }
    }
  }
  const score = (value) => (value === null ? "" : value.toFixed(2));
  function drawRow(row, place, each) {
    const item = make("div", "item");
    item.setAttribute("role", "listitem");
    item.ariaPosInSet = place + 1;
    item.ariaSetSize = chosen.length;
    item.style.top = `${place * each}px`;
    const button = make("button", "row");
    button.type = "button";
    const text = make("span", "text", row[TEXT].slice(0, 400));
    text.dir = "auto";
    const task = make("span", "task", row[TASK]);
    task.dir = "auto";
    const near = make("span", "score", score(row[SCORE]));
    near.title = "ROUGE-L with the nearest neighbour";
    const verdict = row[RULE] || (row[REPEATS] ? "repeats" : "kept");
    button.append(text, task, make("span", verdict === "kept" ? "badge" : "badge bad", verdict), near);
    button.addEventListener("click", () => open(row));
    item.append(button);
    return item;
  }
  function open(row) {
    const fields = [
      ["Data set", sets.length > 1 ? sets[row[SET]] : ""],
      [row[RULE] ? "Rejected by" : "Task", row[RULE] || row[REMARK] || row[TASK]],
      ["Task", row[RULE] ? row[TASK] : ""],
      [row[RULE] ? "Text" : "Instruction", row[TEXT]],
      ["Input", row[INPUT]],
      ...row[FURTHER].filter(([name]) => TURNS.has(name)),
      ["Output", row[OUTPUT]],
      ...row[FURTHER].filter(([name]) => !TURNS.has(name)),
      [row[SCORE] === null ? "Nearest neighbour" : `Nearest neighbour, ${score(row[SCORE])}`, row[NEAREST]],
      ["Remark", row[RULE] ? row[REMARK] : ""],
    ];
    find("fields").replaceChildren();
    fields.filter(([, text]) => text).forEach(([name, text]) => {
      const told = make("dd", "", text);
      told.dir = "auto";
      find("fields").append(make("dt", "", name), told);
    });
    find("detail").showModal();
    find("detail").scrollTop = 0;
  }

  let waiting = 0;
  find("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, 120);
  });
  ["set", "task", "rule", "order"].forEach((id) => find(id).addEventListener("change", choose));
  document.querySelector(".controls").addEventListener("submit", (event) => event.preventDefault());
  viewport.addEventListener("scroll", () => requestAnimationFrame(render), { passive: true });
  const anew = () => { clear(); render(); };
  narrow.addEventListener("change", anew);
  addEventListener("resize", render);
  find("close").addEventListener("click", () => find("detail").close());
  find("detail").addEventListener("click", (event) => { if (event.target === find("detail")) find("detail").close(); });
  choose();
})();
