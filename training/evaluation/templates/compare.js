"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const { rows, names, left_out: leftOut } = JSON.parse(find("data").textContent);
  if (!rows.length) return;
  const AT_ONCE = 40;
  const PARTS = { pair: "Pairs", math: "Mathematics" };
  const OUTCOMES = {
    win: "A wins", tie: "tie", lose: "B wins", undecided: "undecided", swayed: "differs by the order",
    "right right": "both right", "right wrong": "A right, B wrong", "wrong right": "A wrong, B right",
    "wrong wrong": "both wrong", right: "right", wrong: "wrong",
  };
  const SIDES = ["a", "b"].slice(0, names.length);
  let chosen = [];
  let shown = 0;
  let lowered = null;

  function make(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  const isRight = (grade) => (grade === "right" ? "right" : "wrong");
  function kindsOf(row) {
    if (row.part === "math") return [SIDES.map((side) => isRight(row.grades[side])).join(" ")];
    const winners = row.verdicts.map((verdict) => verdict.winner);
    const more = winners.includes(null) ? ["undecided"] : winners[0] !== winners[1] ? ["swayed"] : [];
    return [row.outcome, ...more];
  }
  const kinds = rows.map(kindsOf);

  function options(id, first, values, name = (value) => value) {
    const select = find(id);
    select.append(new Option(first, ""));
    values.forEach((value) => select.append(new Option(name(value), value)));
    select.hidden = values.length < 2;
    select.addEventListener("change", choose);
  }
  const distinct = (values) => [...new Set(values)].filter((value) => value !== "");
  options("part", "All parts", distinct(rows.map((row) => row.part)), (part) => PARTS[part]);
  const known = Object.keys(OUTCOMES).filter((kind) => kinds.some((own) => own.includes(kind)));
  options("outcome", "All outcomes", known, (kind) => OUTCOMES[kind]);
  options("type", "All types", distinct(rows.map((row) => row.type)).sort((a, b) => a.localeCompare(b)));

  function choose() {
    const words = find("search").value.trim().toLowerCase();
    if (words && !lowered) lowered = rows.map((row) => [row.instruction, row.input, row.a, row.b || "", row.reference || ""].join("\n").toLowerCase());
    const [part, outcome, type] = ["part", "outcome", "type"].map((id) => find(id).value);
    chosen = [];
    rows.forEach((row, at) => {
      const fits = (!part || row.part === part) && (!outcome || kinds[at].includes(outcome)) && (!type || row.type === type);
      if (fits && (!words || lowered[at].includes(words))) chosen.push(row);
    });
    const more = leftOut ? `; ${leftOut.toLocaleString("en")} more are not in this page` : "";
    find("count").textContent = `${chosen.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")}${more}`;
    find("cards").replaceChildren();
    shown = 0;
    showMore();
  }
  function showMore() {
    chosen.slice(shown, shown + AT_ONCE).forEach((row) => find("cards").append(card(row)));
    shown = Math.min(chosen.length, shown + AT_ONCE);
    find("more").hidden = shown === chosen.length;
  }

  function text(name, words, element = "p") {
    const made = make(element, `text ${name}`, words);
    made.dir = "auto";
    return made;
  }
  function card(row) {
    const made = make("article", "card");
    const head = make("div", "head");
    if (row.part === "pair") head.append(make("span", `pill ${row.outcome}`, OUTCOMES[row.outcome]));
    if (row.type) head.append(text("", row.type, "span"));
    made.append(head, text("asked", row.instruction));
    if (row.input) made.append(text("given", row.input));
    if (row.reference) made.append(text("given", `Known answer: ${row.reference}`));
    const answers = make("div", "answers");
    SIDES.forEach((side, at) => answers.append(answer(row, side, names[at])));
    made.append(answers);
    if (row.verdicts) made.append(verdicts(row.verdicts));
    return made;
  }
  function answer(row, side, name) {
    const better = (side === "a" && row.outcome === "win") || (side === "b" && row.outcome === "lose");
    const made = make("section", `answer ${side}${better ? " better" : ""}`);
    const head = make("div", "name");
    head.append(make("i", `side ${side}`, side.toUpperCase()), text("", name, "span"));
    if (row.grades) head.append(make("span", `pill ${isRight(row.grades[side])}`, row.grades[side]));
    made.append(head, row[side] ? text("", row[side]) : make("p", "empty", "no answer"));
    return made;
  }
  function verdicts(both) {
    const made = make("div", "said");
    both.forEach((verdict) => made.append(text("", told(verdict))));
    return made;
  }
  function told(verdict) {
    const winner = { a: "A is better", b: "B is better", tie: "a tie" }[verdict.winner] || "cannot be read";
    const reason = verdict.reason ? `: ${verdict.reason}` : "";
    return `${verdict.first.toUpperCase()} first: ${winner}${reason}`;
  }

  let waiting = 0;
  find("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, 120);
  });
  document.querySelector(".controls").addEventListener("submit", (event) => event.preventDefault());
  find("more").addEventListener("click", showMore);
  choose();
})();
