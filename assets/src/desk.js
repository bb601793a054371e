// The operators' and supervisors' desk: lists that refresh themselves, calls that open their form,
// suggestions, and keys for quick hands.

import htmx from "htmx.org";

import { watchCalls, watchSuggestions } from "./calls.js";
import { watchKeys } from "./keys.js";
import { watchLists } from "./lists.js";

watchKeys();
watchLists();
watchCalls();
watchSuggestions();
// A form's answer became the page (forms.js): htmx has not seen its attributes yet.
document.addEventListener("hotline:page", () => htmx.process(document.body));
