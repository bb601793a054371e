// The operators' and supervisors' desk: lists that refresh themselves, and keys for quick hands.

import htmx from "htmx.org";

import { watchKeys } from "./keys.js";
import { watchLists } from "./lists.js";

watchKeys();
watchLists();
// A form's answer became the page (forms.js): htmx has not seen its attributes yet.
document.addEventListener("hotline:page", () => htmx.process(document.body));
