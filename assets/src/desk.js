// The operators' and supervisors' desk: lists that refresh themselves, and keys for quick hands.

import "htmx.org";

import { watchKeys } from "./keys.js";
import { watchLists } from "./lists.js";

watchKeys();
watchLists();
