"use strict";
// Shows a question and two answers, and sends what the rater says. Other people's text is only ever
// set as textContent. A choice counts as made when the server has said that it is saved.
(() => {
  const CALM = 250; // ms a question is in sight before a key counts: nobody rates unseen by a second press
  const SLOWEST = 4000; // ms between two tries while the server does not answer
  const NAME = "rater";
  const SAID = { left: "left is better", tie: "tie", right: "right is better" };
  const find = (id) => document.getElementById(id);
  const main = document.querySelector("main");
  const choices = [...document.querySelectorAll(".choice")];
  const answers = [find("left"), find("right")];
  const token = location.hash.slice(1);
  let rater = "";
  let total = 0;
  let place = 0;
  let shown = null;
  let busy = true;

  const pause = (time) => new Promise((done) => setTimeout(done, time));

  function warn(text) {
    find("trouble").textContent = text;
    find("trouble").hidden = !text;
  }

  async function send(path, body) {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const said = await response.json();
    return response.ok ? { said } : { fault: said.error, again: response.status >= 500 };
  }

  // Asks until the server answers: it may have been killed, and started again.
  async function ask(path, body) {
    for (let wait = 250; ; wait = Math.min(2 * wait, SLOWEST)) {
      const { said, fault, again } = await send(path, body).catch(() => ({
        fault: "The server does not answer. Start the command again: this page goes on by itself, and nothing that was saved is lost.",
        again: true,
      }));
      if (said) {
        warn("");
        return said;
      }
      warn(path === "rate" ? `Not saved yet. ${fault}` : fault);
      if (!again) throw new Error(fault);
      await pause(wait);
    }
  }

  // Scrolls both answers while the focus is on the question, where it is at first.
  function scrollAnswers(key) {
    const step = { ArrowDown: 0.1, ArrowUp: -0.1, PageDown: 0.9, PageUp: -0.9, " ": 0.9 }[key];
    const long = answers.filter((box) => box.scrollHeight > box.clientHeight + 1);
    if (!step || !long.length || document.activeElement !== find("asked")) return false;
    for (const box of long) box.scrollBy(0, step * box.clientHeight);
    return true;
  }

  // One thing at a time; a fault is told already.
  async function calmly(act) {
    if (busy) return;
    busy = true;
    main.setAttribute("aria-busy", "true");
    try {
      await act();
      await pause(CALM);
    } catch {
      // see warn
    } finally {
      busy = false;
      main.setAttribute("aria-busy", "false");
    }
  }

  // Control characters would not be seen; line breaks and tabs are kept.
  const plain = (text) => text.replace(/\r\n?/g, "\n").replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "\ufffd");

  function put(box, text, missing = "") {
    const none = !text.trim();
    box.textContent = none ? missing : plain(text);
    box.classList.toggle("none", none);
  }

  function reveal(id) {
    for (const other of ["welcome", "pair", "done"]) find(other).hidden = other !== id;
    find("choices").hidden = id !== "pair";
    document.querySelector("header").hidden = id === "welcome";
  }

  function count(rated) {
    find("progress").max = total;
    if (rated !== undefined) find("progress").value = rated;
  }

  async function show(where) {
    place = where;
    if (place >= total) return finish();
    shown = await ask("show", { rater, place });
    put(find("instruction"), shown.instruction);
    put(find("input"), shown.input);
    for (const box of answers) {
      put(box.querySelector(".text"), shown[box.id], "(empty answer)");
      box.scrollTop = 0;
    }
    for (const button of choices) button.setAttribute("aria-pressed", String(button.dataset.choice === shown.chosen));
    find("back").disabled = !place;
    find("count").textContent = `${place + 1} of ${total}`;
    find("live").textContent = `Question ${place + 1} of ${total}${shown.chosen ? `, you said: ${SAID[shown.chosen]}` : ""}`;
    reveal("pair");
    find("question").scrollTop = 0;
    scrollTo(0, 0);
    find("asked").focus({ preventScroll: true });
  }

  function finish() {
    shown = null;
    find("thanked").textContent = rater;
    find("count").textContent = `${total} of ${total}`;
    find("live").textContent = "All questions are rated.";
    reveal("done");
    find("thanks").focus();
  }

  const choose = (choice) =>
    shown &&
    calmly(async () => {
      const { rated, place: next } = await ask("rate", { rater, question: shown.question, choice });
      count(rated);
      await show(next);
    });
  const back = () => rater && place > 0 && calmly(() => show(place - 1));
  const forward = () => shown && shown.chosen && calmly(() => show(place + 1));

  async function begin(name) {
    const begun = await ask("begin", { rater: name });
    rater = begun.rater;
    sessionStorage.setItem(NAME, rater);
    find("name").textContent = rater;
    count(begun.rated);
    await show(begun.place);
  }

  async function welcome() {
    const { total: size, rater: only, raters } = await ask("welcome", {});
    total = size;
    count(0);
    find("total").textContent = total.toLocaleString("en");
    find("other").hidden = Boolean(only);
    const names = raters.map((name) => Object.assign(document.createElement("option"), { value: name }));
    find("raters").replaceChildren(...names);
    reveal("welcome");
    const known = only || sessionStorage.getItem(NAME);
    if (known) return begin(known);
    find("rater").focus();
  }

  function leave() {
    sessionStorage.removeItem(NAME);
    rater = "";
    shown = null;
    find("rater").value = "";
    return welcome();
  }

  for (const button of choices) button.addEventListener("click", () => choose(button.dataset.choice));
  find("back").addEventListener("click", back);
  find("again").addEventListener("click", back);
  find("other").addEventListener("click", () => calmly(leave));
  find("welcome").addEventListener("submit", (event) => {
    event.preventDefault();
    calmly(() => begin(find("rater").value));
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === find("rater")) return;
    const choice = { 1: "left", 2: "tie", 3: "right" }[event.key];
    const move = choice ? () => choose(choice) : { ArrowLeft: back, Backspace: back, ArrowRight: forward }[event.key];
    if (move && !event.repeat) move();
    if (move || scrollAnswers(event.key)) event.preventDefault();
  });
  addEventListener("hashchange", () => location.reload());

  busy = false;
  calmly(welcome);
})();
