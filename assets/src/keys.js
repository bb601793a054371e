// Keys of the desk. Single keys move and open; with Alt or Ctrl they work while typing, too. The
// single ones can be switched off in the page (WCAG 2.1.4): assistive software uses them as well.

const STORED = "hotline.keys";
const PLACES = { b: "/console/", r: "/console/ring-backs/", v: "/console/callers/", d: "/console/duplicates/", s: "/console/shift/" };
let going = false;

/** Listen for the desk's keys, and for the box that lists them and switches them off. */
export function watchKeys() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys-open]")) showKeys();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-keys-toggle]")) remember(event.target.checked);
  });
  document.addEventListener("hotline:page", showState);
  showState();
}

function showState() {
  for (const box of document.querySelectorAll("[data-keys-toggle]")) box.checked = areOn();
  for (const opener of document.querySelectorAll("[data-keys-open]")) opener.hidden = false;
}

function pressed(event) {
  if (event.isComposing) return;
  const act = chord(event) ?? single(event);
  if (act?.()) event.preventDefault();
}

/** Keys that work while somebody types. */
function chord(event) {
  if (event.key === "Escape") return () => leave(event.target);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return () => submit(event.target);
  if (!event.altKey || event.ctrlKey || event.metaKey) return null;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit) return () => accept(Number(digit));
  return { KeyW: () => focus("[name=words]"), KeyA: answerNow }[event.code] ?? null;
}

function single(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return null;
  if (!areOn() || document.querySelector("dialog[open]")) return null;
  if (going) {
    going = false;
    return PLACES[event.key] && (() => go(PLACES[event.key]));
  }
  return {
    j: () => move(1), k: () => move(-1), "/": () => focus("[data-search], input[type=search]"), "?": showKeys,
    n: () => click("a[data-new]") || go("/console/new/"), c: () => click("[data-call]"), x: actOnRow,
    g: () => (going = true),
  }[event.key];
}

function isTyping(element) {
  return element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].querySelector("a[href]")?.focus();
  return true;
}

/** Do what the row in focus, or the first one, is there for. */
function actOnRow() {
  const row = document.activeElement?.closest("tr, li") ?? document;
  return click("[data-row-act]", row) || click("[data-row-act]");
}

function go(path) {
  if (!document.getElementById("pulse")) return false;
  location.assign(path);
  return true;
}

function focus(selector) {
  const found = document.querySelector(selector);
  found?.focus();
  return Boolean(found);
}

function click(selector, within = document) {
  const found = within.querySelector(selector);
  found?.click();
  return Boolean(found);
}

/** Open the answer on the spot and stand in its first field. */
function answerNow() {
  const box = document.querySelector("[data-answer]");
  if (!box) return false;
  box.closest("details").open = true;
  box.querySelector("select, textarea").focus();
  return true;
}

function accept(number) {
  const found = document.querySelectorAll("[data-accept]")[number - 1];
  found?.click();
  return Boolean(found);
}

function submit(element) {
  const form = element.closest?.("form") ?? document.querySelector("[data-primary]")?.form;
  if (!form) return false;
  const own = element.closest?.("[data-answer]")?.querySelector("button");
  form.requestSubmit(own ?? form.querySelector("[data-primary]") ?? undefined);
  return true;
}

function leave(element) {
  if (!isTyping(element)) return false;
  element.blur();
  return true;
}

function showKeys() {
  const box = document.querySelector("[data-keys-help]");
  if (!box || box.open) return false;
  box.showModal();
  return true;
}

function areOn() {
  return localStorage.getItem(STORED) !== "off";
}

function remember(on) {
  if (on) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "off");
}
