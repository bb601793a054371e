// What makes pages kinder on a phone. Every page works without it: forms post, links lead.

import { guardForms } from "./forms.js";
import { dismiss, notice, words } from "./notices.js";
import { watchPhotos } from "./photos.js";
import { offerPosition, watchPosition } from "./position.js";

/** Prepare what can't be done by listening on the document; runs again after a page swap. */
function prepare() {
  offerPosition();
  document.querySelector("[data-focus]")?.focus();
}

guardForms(prepare);
watchPhotos();
watchPosition();
addEventListener("offline", () => notice(words("offline"), { key: "network" }));
addEventListener("online", () => {
  dismiss("network");
  notice(words("online"), { key: "network", seconds: 5 });
});
prepare();
