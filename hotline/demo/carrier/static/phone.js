// One telephone of the demonstration: asks twice a second what is new, and shows it.
"use strict";

const POLL_MS = 500;
const body = document.body;
const words = body.dataset;
const number = words.number;
const log = document.getElementById("log");
const thread = document.getElementById("thread");
const seen = { call: "", after: 0, messages: "", count: -1 };

const path = (name) => `/demo/phones/${encodeURIComponent(number)}${name}`;

async function post(url, content) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  });
  await refresh();
  return answer;
}

const act = (what, text = "") => post(path("/act"), { act: what, text });

function bubble(text, side, label) {
  const line = document.createElement("p");
  line.className = side === "remark" ? "remark" : `bubble ${side}`;
  line.textContent = text;
  if (label) {
    const small = document.createElement("small");
    small.textContent = label;
    line.prepend(small);
  }
  return line;
}

// Remarks of the network come in both languages: "响铃 · ringing: 13900000000".
function remark(text) {
  const parts = text.match(/^([^:]*?) · ([^:]*)(: .*)?$/);
  if (!parts) return text;
  const rest = parts[3] || "";
  return document.documentElement.lang === "en" ? parts[2] + rest : parts[1] + rest.replace(": ", "：");
}

// Addresses in messages can be followed, as on any telephone; nothing else becomes markup.
function link(line) {
  const text = line.lastChild;
  const found = text.data && text.data.match(/https?:\/\/[^\s，。；（）]+/);
  if (!found) return;
  const address = text.splitText(found.index);
  address.splitText(found[0].length);
  const anchor = document.createElement("a");
  anchor.href = found[0];
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  anchor.textContent = found[0];
  address.replaceWith(anchor);
}

function atEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 60;
}

function append(box, line) {
  const follow = atEnd(box);
  box.append(line);
  if (follow) box.scrollTop = box.scrollHeight;
}

function showCall(call) {
  const rings = Boolean(call && call.rings);
  const talks = Boolean(call && !call.over && !rings);
  document.getElementById("ringing").hidden = !rings;
  document.getElementById("talk").hidden = !talks;
  document.getElementById("idle").hidden = rings || talks;
  body.classList.toggle("talking", talks);
  const status = document.getElementById("status");
  status.classList.toggle("rings", rings);
  status.classList.toggle("talks", talks);
  const state = rings ? `${words.incoming} ${call.from}` : talks ? words.talking : words.idle;
  const shown = document.getElementById("state");
  if (shown.textContent !== state) shown.textContent = state;
  document.querySelector("#tab-call .dot").hidden = !rings;
  if (!call) return;
  if (call.sid !== seen.call) {
    log.replaceChildren();
    seen.call = call.sid;
  }
  for (const line of call.lines) {
    if (line.who === "note") append(log, bubble(remark(line.text), "remark"));
    else if (line.who === number) append(log, bubble(line.text, "here", words.you));
    else append(log, bubble(line.text, "there", line.who === "machine" ? words.machine : line.who));
  }
  seen.after = call.next;
}

function showMessages(messages) {
  const key = messages.map((text) => text.sid + text.status).join();
  if (key === seen.messages) return;
  seen.messages = key;
  thread.replaceChildren(...messages.map((text) => {
    const failed = text.status === "undelivered" || text.status === "failed";
    const time = new Date(text.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
    const label = failed ? `${time} · ${words.undelivered}` : time;
    const line = bubble(text.body, text.incoming ? "here" : "there", label);
    line.classList.toggle("failed", failed);
    link(line);
    return line;
  }));
  thread.scrollTop = thread.scrollHeight;
  const away = document.getElementById("messages").classList.contains("away");
  if (seen.count >= 0 && messages.length > seen.count && away) {
    document.querySelector("#tab-messages .dot").hidden = false;
  }
  seen.count = messages.length;
}

// How many messages each telephone had when it was last looked at, in this tab.
function showPhones(phones) {
  for (const phone of phones) {
    const entry = document.querySelector(`[data-phone="${CSS.escape(phone.number)}"]`);
    if (!entry) continue;
    const key = `seen ${phone.number}`;
    if (phone.number === number) sessionStorage.setItem(key, phone.received);
    const fresh = phone.received - Number(sessionStorage.getItem(key) || 0);
    const badge = entry.querySelector(".badge");
    badge.hidden = !phone.rings && !phone.talks && fresh <= 0;
    badge.classList.toggle("rings", phone.rings);
    badge.classList.toggle("talks", phone.talks);
    badge.textContent = phone.rings || phone.talks ? "☎" : String(fresh);
  }
  if (phones.some((phone) => !document.querySelector(`[data-phone="${CSS.escape(phone.number)}"]`))) {
    if (!document.querySelector("#talk:not([hidden])") && document.activeElement === body) location.reload();
  }
}

let asking = false;

async function refresh() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(path(`?call=${seen.call}&after=${seen.after}`));
    if (!answer.ok) throw new Error(String(answer.status));
    const state = await answer.json();
    showCall(state.call);
    showMessages(state.messages);
    showPhones(state.phones);
    document.getElementById("offline").hidden = true;
  } catch {
    document.getElementById("offline").hidden = false;
  } finally {
    asking = false;
  }
}

document.getElementById("dial").addEventListener("click", () => {
  post("/demo/calls", { from: number });
});

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => act(button.dataset.act));
}
for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => act("press", button.dataset.key));
}

const speech = document.getElementById("speech");
for (const button of document.querySelectorAll("[data-phrase]")) {
  button.addEventListener("click", () => {
    speech.value = button.dataset.phrase;
    speech.focus();
  });
}

// Typing is slower than speaking: while somebody types, the machine keeps listening.
let told = 0;
function typing() {
  if (Date.now() - told < 3000) return;
  told = Date.now();
  act("typing");
}
speech.addEventListener("input", typing);
speech.addEventListener("focus", typing);

document.getElementById("speak").addEventListener("submit", (event) => {
  event.preventDefault();
  if (speech.value.trim()) act("say", speech.value.trim());
  speech.value = "";
  told = 0;
});

const write = document.getElementById("write");
if (write) {
  write.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = document.getElementById("words");
    if (field.value.trim()) post("/demo/messages", { from: number, body: field.value.trim() });
    field.value = "";
  });
}

const tabs = [...document.querySelectorAll("[role=tab]")];
function choose(tab) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).classList.toggle("away", !chosen);
  }
  tab.querySelector(".dot").hidden = true;
}
for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
    choose(other);
    other.focus();
  });
}
choose(tabs[0]);

document.querySelector("[aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
refresh();
setInterval(refresh, POLL_MS);
