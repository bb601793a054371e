// Short messages at the edge of the screen. Their words come from the page (`#notices`), which
// knows the language.

/** Return the words that the page keeps under `name`. */
export function words(name) {
  return document.getElementById("notices")?.dataset[name] ?? "";
}

/** Show `text` until it is closed, or for some seconds; `action` is an optional [label, function]. */
export function notice(text, { action = null, seconds = 0, key = text } = {}) {
  const place = document.getElementById("notices");
  if (!place || !text) return;
  dismiss(key);
  const box = document.createElement("div");
  box.className = "notice";
  box.dataset.key = key;
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  if (action) box.append(button(action[0], () => { box.remove(); action[1](); }));
  const close = button("×", () => box.remove());
  close.setAttribute("aria-label", words("close"));
  box.append(close);
  place.append(box);
  if (seconds) setTimeout(() => box.remove(), seconds * 1000);
}

/** Take away the message that was shown under `key`. */
export function dismiss(key) {
  for (const box of document.querySelectorAll(".notice")) if (box.dataset.key === key) box.remove();
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn--plain";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}
