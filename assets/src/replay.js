// A replay by keys: left and right go a step back and forth, Home and End to the first and the last.
// Without script the links do the same. `data-play` walks on by itself until somebody stops it.

const go = (rel) => document.querySelector(`a[data-step="${rel}"]`)?.click();

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next", Home: "first", End: "last" }[event.key];
  if (rel) {
    event.preventDefault();
    go(rel);
  }
});

const button = document.querySelector("[data-play]");
const playing = new URLSearchParams(location.search).has("play");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const address = new URL(location);
    if (playing) address.searchParams.delete("play");
    else address.searchParams.set("play", "1");
    location.replace(address);
  });
  if (playing) {
    button.textContent = button.dataset.stop;
    const next = document.querySelector('a[data-step="next"]');
    if (next) setTimeout(() => location.replace(`${next.getAttribute("href").split("#")[0]}&play=1`), 1500);
  }
}
