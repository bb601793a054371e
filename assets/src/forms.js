// A form with `data-once` is sent once, shows its progress, and is kept when the network fails.
//
// It is sent by script so that a dead network leaves the page, with all that was typed, in place.
// A repeat is safe: the form carries a `command_id`, and the server gives the first answer again.

import { dismiss, notice, words } from "./notices.js";

/** Take over the sending of guarded forms; `afterSwap` runs when an answer has become the page. */
export function guardForms(afterSwap) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-once]")) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    send(form, event.submitter, afterSwap);
  });
  addEventListener("popstate", () => location.reload());
}

function send(form, submitter, afterSwap) {
  stampTime(form);
  const again = () => form.requestSubmit(submitter ?? undefined);
  if (!navigator.onLine) {
    notice(words("offline"), { key: "network", action: [words("retry"), again] });
    return;
  }
  const release = hold(form, submitter);
  const request = new XMLHttpRequest();
  // A button without the attribute still has a `formAction`: the address of the page.
  request.open("POST", submitter?.hasAttribute("formaction") ? submitter.formAction : form.action);
  request.setRequestHeader("Accept", "text/html");
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => showProgress(form, event));
  request.addEventListener("load", () => {
    dismiss("network");
    const page = request.response;
    if (request.status >= 400 && !page?.querySelector("form[data-once]")) refuse(page, release);
    else if (page?.body) swap(page, request.responseURL, afterSwap);
    else location.assign(request.responseURL);
  });
  for (const failure of ["error", "abort", "timeout"]) {
    request.addEventListener(failure, () => {
      release();
      const fault = words(navigator.onLine ? "failed" : "offline");
      notice(fault, { key: "network", action: [words("retry"), again] });
    });
  }
  request.send(payload(form, submitter));
}

/** Say why an error page came in place of an answer, and keep the form with what was typed. */
function refuse(page, release) {
  release();
  const lines = [...(page?.querySelectorAll("main h1, main [data-why]") ?? [])];
  notice(lines.map((line) => line.textContent.trim()).join("：") || words("failed"), { key: "network" });
}

function payload(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  return form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
}

/** The device's own claim of when it was done; the server's time stays the one that counts. */
function stampTime(form) {
  for (const input of form.querySelectorAll("[data-done-at]")) {
    input.value ||= new Date().toISOString();
  }
}

/** Mark the form as being sent; return what undoes that. */
function hold(form, submitter) {
  form.dataset.sending = "1";
  const label = submitter?.textContent;
  submitter?.setAttribute("aria-disabled", "true");
  if (submitter?.dataset.busy) submitter.textContent = submitter.dataset.busy;
  return () => {
    delete form.dataset.sending;
    submitter?.removeAttribute("aria-disabled");
    if (submitter) submitter.textContent = label;
    const bar = form.querySelector("[data-progress]");
    if (bar) bar.hidden = true;
  };
}

function showProgress(form, event) {
  const bar = form.querySelector("[data-progress]");
  if (!bar || !event.lengthComputable) return;
  bar.hidden = false;
  bar.value = Math.round((100 * event.loaded) / event.total);
}

/** Make the answer the page: what it flashed would be lost by loading it a second time. */
function swap(page, address, afterSwap) {
  for (const script of page.querySelectorAll("script[src]")) loadOnce(script.getAttribute("src"));
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(document.adoptNode(page.body));
  history.pushState(null, "", address);
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
  afterSwap();
  document.dispatchEvent(new Event("hotline:page"));
}

function loadOnce(src) {
  if (document.querySelector(`script[src="${CSS.escape(src)}"]`)) return;
  const script = document.createElement("script");
  script.src = src;
  document.head.append(script);
}
