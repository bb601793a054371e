// A call that was picked up opens its form; suggestions are taken over with a key or a click.

const POPPED = "hotline.popped";

/** Open the form of a new call, unless something on this page would be lost. */
export function watchCalls() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[method=post]");
    if (form) form.dataset.dirty = "1";
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches?.("[data-pulse]")) pop(event.target.querySelector("[data-pop]"));
  });
  document.addEventListener("click", (event) => {
    const refresh = event.target.closest?.("[data-refresh]");
    if (refresh) {
      event.preventDefault();
      location.reload();
    }
  });
}

function pop(link) {
  if (!link || link.href === location.href || sessionStorage.getItem(POPPED) === link.href) return;
  if (document.querySelector("form[data-dirty], form[data-sending]")) return;
  sessionStorage.setItem(POPPED, link.href);
  location.assign(link.href);
}

/** Number the suggestions, and put one into its field when it is taken. */
export function watchSuggestions() {
  document.addEventListener("htmx:afterSettle", number);
  document.addEventListener("click", (event) => {
    const offered = event.target.closest?.("[data-accept]");
    if (offered) accept(offered);
    const ticker = event.target.closest?.("[data-tick-all]");
    if (ticker) tickAll(ticker.form);
  });
  document.addEventListener("hotline:page", number);
  number();
}

function number() {
  document.querySelectorAll("[data-accept] kbd").forEach((key, at) => {
    key.textContent = `Alt ${at + 1}`;
    key.hidden = at >= 9;
  });
  for (const ticker of document.querySelectorAll("[data-tick-all]")) ticker.hidden = false;
}

function accept(offered) {
  const field = document.querySelector(`form[data-demand] [name=${offered.dataset.accept}]`);
  if (!field) return;
  field.value = offered.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function tickAll(form) {
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const on = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = on;
}
