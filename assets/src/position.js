// The device's position, taken only when the officer asks for it. Words are always possible too.

const OPTIONS = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 };

/** Show the button where the device can tell its position (secure pages only). */
export function offerPosition() {
  if (!navigator.geolocation || !isSecureContext) return;
  for (const button of document.querySelectorAll("[data-locate]")) button.hidden = false;
}

/** Fill the position's fields when a `data-locate` button is pressed. */
export function watchPosition() {
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-locate]")?.closest("[data-position]");
    if (place) locate(place);
  });
}

function locate(place) {
  const words = place.querySelector("[data-position-words]");
  words.textContent = place.dataset.asking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      fill(place, "latitude", coords.latitude.toFixed(6));
      fill(place, "longitude", coords.longitude.toFixed(6));
      fill(place, "accuracy_m", String(Math.round(coords.accuracy)));
      words.textContent = place.dataset.found.replace("{m}", String(Math.round(coords.accuracy)));
    },
    () => { words.textContent = place.dataset.refused; },
    OPTIONS,
  );
}

function fill(place, name, value) {
  place.querySelector(`[name="${name}"]`).value = value;
}
