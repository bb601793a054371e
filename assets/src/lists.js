// Lists that refresh themselves by htmx (`data-live`): the place of the keyboard is kept, new rows
// are announced, and a page that nobody sees asks for nothing.

import { dismiss, notice, words } from "./notices.js";

let focused = null;
let known = null;

/** Listen to htmx's events. */
export function watchLists() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.matches("[data-live]")) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target.matches("[data-live]")) return;
    focused = document.activeElement?.closest?.("[data-row] a")?.getAttribute("href");
    known = addresses(event.detail.target);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const list = event.target.closest?.("[data-live]");
    if (list && known) refreshed(list);
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => notice(words("failed"), { key: "request" }));
  }
  document.addEventListener("htmx:afterOnLoad", () => dismiss("request"));
}

function addresses(list) {
  return new Set([...list.querySelectorAll("[data-row] a[href]")].map((link) => link.getAttribute("href")));
}

function refreshed(list) {
  if (focused) list.querySelector(`[data-row] a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  const isNew = [...addresses(list)].some((address) => !known.has(address));
  if (isNew) notice(list.dataset.announce, { key: "new", seconds: 8 });
  focused = known = null;
}
