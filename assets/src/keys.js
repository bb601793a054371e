// Keys of the desk: j and k move, Enter opens (it is a link), / searches, n starts a new ticket.
// They can be switched off in the page (WCAG 2.1.4): assistive software uses single keys too.

const STORED = "hotline.keys";

/** Listen for the desk's keys and for the box that switches them off. */
export function watchKeys() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-keys-toggle]")) remember(event.target.checked);
  });
  document.addEventListener("hotline:page", showState);
  showState();
}

function showState() {
  for (const box of document.querySelectorAll("[data-keys-toggle]")) box.checked = areOn();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (!areOn()) return;
  const act = { j: () => move(1), k: () => move(-1), "/": search, n: startNew }[event.key];
  if (act?.()) event.preventDefault();
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

function search() {
  const input = document.querySelector("[data-search], input[type=search]");
  input?.focus();
  return Boolean(input);
}

function startNew() {
  const link = document.querySelector("a[data-new]");
  link?.click();
  return Boolean(link);
}

function areOn() {
  return localStorage.getItem(STORED) !== "off";
}

function remember(on) {
  if (on) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "off");
}
