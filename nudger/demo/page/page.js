// Shows the made-up phones: what the server says as events, what is done as small POSTs.
// deep-chat draws the conversation; the rest is plain HTML, so that every key works by keyboard.

const CITIES = [
  ["Berlin", 52.52, 13.4], ["Lisbon", 38.72, -9.14], ["London", 51.51, -0.13],
  ["New York", 40.71, -74.01], ["São Paulo", -23.55, -46.63], ["Cairo", 30.04, 31.24],
  ["Kolkata", 22.57, 88.36], ["Tokyo", 35.68, 139.69], ["Adelaide", -34.93, 138.6],
  ["Auckland", -36.85, 174.76],
];
const PANEL_EVERY = 1000; // ms
const NOTICE_FOR = 3500;

const $ = (id) => document.getElementById(id);
const byKeyboard = (node) => node.matches(":focus-visible");
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const people = new Map(); // chat -> {chat, name, blocked, keyboard, notices, messages: Map, unread}
let profile = { name: "nudger", description: "", commands: [] };
let run = null;
let current = null;
let zone = "UTC";
let first = true;
let drawn = null; // {chat, zone, view, places: id -> index, count, lastDay}
const bubbles = await (await fetch("bubbles.css")).text();
await customElements.whenDefined("deep-chat");

// ---------------------------------------------------------------- the conversation
const escape = (text) => element("i", { textContent: text }).innerHTML.replaceAll('"', "&quot;");
const inZone = (at, how) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...how }).format(new Date(at));
const clockOf = (at) => inZone(at, { hour: "2-digit", minute: "2-digit" });
const dayOf = (at) => inZone(at, { weekday: "long", day: "numeric", month: "long" });

function fileHtml(file) {
  if (!file) return "";
  if (file.picture) return `<img src="${escape(file.path)}" alt="${escape(file.name)}">`;
  const size = file.size < 1024 ? `${file.size} bytes` : `${Math.ceil(file.size / 1024)} KB`;
  return `<a class="document" href="${escape(file.path)}" download="${escape(file.name)}"><span>${escape(file.name)}<small>${size}</small></span></a>`;
}

function keysHtml(message) {
  if (!message.buttons.length) return "";
  const rows = message.buttons.map((row) => row.map((key) => key.url
    ? `<a href="${escape(key.url)}" target="_blank" rel="noreferrer">${escape(key.label)}</a>`
    : `<button type="button" data-message="${message.id}" data-tap="${escape(key.data)}">${escape(key.label)}</button>`,
  ).join("")).map((row) => `<div class="row">${row}</div>`).join("");
  return `<div class="keys">${rows}</div>`;
}

// As in the apps, a command or an address in a text can be tapped.
function withLinks(html) {
  const holder = element("template", { innerHTML: html }).content;
  const texts = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode);
  for (const text of found) {
    if (text.parentElement?.closest("a")) continue;
    text.replaceWith(...text.data.split(/(?<!\S)(\/[a-z0-9_]+|https:\/\/[^\s<>()]+)/).map((part, odd) => {
      if (odd % 2 === 0) return part;
      return part.startsWith("/")
        ? element("button", { type: "button", className: "command", textContent: part })
        : element("a", { href: part, target: "_blank", rel: "noreferrer", textContent: part });
    }));
  }
  return element("div", {}, holder).innerHTML;
}

function messageHtml(message) {
  if (message.deleted) return '<span class="gone"></span>';
  const words = message.mine ? escape(message.text) : withLinks(message.html);
  const meta = `${message.edited ? "edited " : ""}${clockOf(message.at)}`;
  return `<div class="said${message.mine ? " mine" : ""}${message.edited ? " edited" : ""}"><div class="bubble">${fileHtml(message.file)}`
    + `<span class="words">${words}</span><span class="meta">${meta}</span></div>${keysHtml(message)}</div>`;
}

// One entry of deep-chat for a message, after one for its day where a new day begins.
function entries(message) {
  const made = [];
  const day = dayOf(message.at);
  if (!message.deleted && day !== drawn.lastDay) {
    drawn.lastDay = day;
    made.push({ role: "day", html: `<span class="date">${escape(day)}</span>` });
  }
  made.push({ role: message.mine ? "user" : "ai", html: messageHtml(message) });
  drawn.places.set(message.id, drawn.count + made.length - 1);
  drawn.count += made.length;
  return made;
}

function drawAll() {
  const person = people.get(current);
  const view = document.createElement("deep-chat");
  const mine = { chat: current, zone, view, places: new Map(), count: 0, lastDay: null, ready: false, missed: false };
  drawn = mine;
  Object.assign(view, {
    onComponentRender: () => {
      mine.ready = true;
      view.scrollToBottom();
      if (mine.missed && mine === drawn) drawAll();
    },
    history: [...person.messages.values()].flatMap(entries),
    connect: { handler: () => {} }, // the composer below sends; deep-chat only shows
    inputAreaStyle: { display: "none" },
    chatStyle: { border: "0", borderRadius: "0", backgroundColor: "transparent", width: "100%", height: "100%" },
    auxiliaryStyle: bubbles,
  });
  view.style.fontFamily = "inherit"; // with a font of its own, deep-chat asks for none on the web
  view.addEventListener("click", tapped);
  $("conversation").replaceChildren(view);
}

function draw(message) {
  if (!drawn.ready) { // deep-chat takes nothing before it has rendered
    drawn.missed = true;
    return;
  }
  const held = drawn.view.shadowRoot.activeElement;
  const keyed = held && byKeyboard(held);
  const place = drawn.places.get(message.id);
  if (place === undefined) {
    for (const entry of entries(message)) drawn.view.addMessage(entry);
    drawn.view.scrollToBottom();
  } else {
    drawn.view.updateMessage({ html: messageHtml(message) }, place);
    // a question that grew must not hide its last buttons
    if (place >= drawn.count - 2) drawn.view.scrollToBottom();
  }
  // Who taps by keyboard goes on where the next buttons are. A mouse or a finger needs no focus:
  // it would scroll away from an old message, and open a phone's keyboard.
  if (keyed && !held.isConnected) {
    const inside = drawn.view.shadowRoot;
    const next = inside.querySelector(`[data-message="${message.id}"]`)
      ?? [...inside.querySelectorAll(".keys")].at(-1)?.querySelector("button");
    (next ?? $("words")).focus();
  }
}

function tapped(event) {
  const command = event.composedPath().find((node) => node.className === "command");
  if (command) say("types", { text: command.textContent });
  const key = event.composedPath().find((node) => node.dataset?.tap);
  if (!key) return;
  key.classList.add("pressed");
  say("taps", { message: Number(key.dataset.message), data: key.dataset.tap });
}

// ---------------------------------------------------------------- what the server says
function hear(news) {
  run ??= news.run;
  if (run !== news.run) location.reload(); // another demo answers at this address now
  profile = news.profile;
  for (const told of news.people) {
    const known = people.get(told.chat) ?? { messages: new Map(), unread: 0, notices: told.notices };
    const fresh = told.notices.slice(known.notices.length);
    people.set(told.chat, Object.assign(known, told));
    if (told.chat === current && fresh.length) notice(fresh.at(-1));
  }
  current ??= news.people[0].chat;
  for (const message of news.messages) {
    const person = people.get(message.chat);
    const isNew = !person.messages.has(message.id);
    person.messages.set(message.id, message);
    if (message.chat === current) drawn && draw(message);
    else if (isNew && !message.mine && !first) person.unread += 1;
  }
  if (drawn === null) drawAll();
  first = false;
  drawPeople();
  drawAround();
  drawLog(news);
  refreshPanel();
}

function drawPeople() {
  const buttons = [...people.values()].map((person) => {
    const button = element("button", { type: "button", onclick: () => show(person.chat) }, person.name);
    button.setAttribute("aria-current", String(person.chat === current));
    if (person.unread) {
      button.append(element("span", { className: "unread", textContent: person.unread, ariaLabel: `${person.unread} unread` }));
    }
    return button;
  });
  const add = element("button", { type: "button", onclick: askForNewcomer }, "+ New person");
  const focused = [...$("people").children].indexOf(document.activeElement);
  $("people").replaceChildren(...buttons, add);
  if (focused >= 0) $("people").children[focused]?.focus();
  if (buttons.length !== drawPeople.shown || current !== drawPeople.current) {
    $("people").querySelector('[aria-current="true"]').scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  Object.assign(drawPeople, { shown: buttons.length, current });
}

function show(chat) {
  current = chat;
  people.get(chat).unread = 0;
  zone = "UTC";
  $("skipped").textContent = ""; // it spoke of another clock
  closeSheets();
  drawAll();
  drawPeople();
  drawAround();
  refreshPanel();
}

// Everything of the phone but the conversation itself.
function drawAround() {
  const person = people.get(current);
  const visible = [...person.messages.values()].some((message) => !message.deleted);
  $("bot-name").textContent = profile.name;
  $("bot-state").textContent = person.blocked ? "bot, blocked" : "bot";
  $("description").textContent = profile.description || "This bot has not said yet what it does.";
  $("welcome").hidden = visible;
  $("block").textContent = person.blocked ? "Unblock the bot" : "Block the bot";
  $("keyboard").hidden = !person.keyboard.length;
  $("keyboard").replaceChildren(...person.keyboard.map((row) => element("div", {}, ...row.map((key) =>
    element("button", { type: "button", onclick: () => (key.asks_place ? $("places").showModal() : say("types", { text: key.label })) }, key.label)))));
  $("commands").replaceChildren(...profile.commands.map((command) => element("li", {},
    element("button", { type: "button", onclick: (event) => {
      if (byKeyboard(event.currentTarget)) $("words").focus();
      closeSheets();
      say("types", { text: `/${command.command}` });
    } },
      element("b", { textContent: `/${command.command}` }), element("small", { textContent: command.description })))));
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { $("notice").hidden = true; }, NOTICE_FOR);
}

function drawLog(news) {
  const names = (chat) => people.get(chat)?.name ?? "";
  $("log-count").textContent = news.findings ? `· ${news.findings} beyond Telegram's limits` : "";
  $("log").replaceChildren(...news.calls.toReversed().map((call) => element("li", { className: call.status === 200 ? "" : "bad", title: call.description },
    element("span", { textContent: inZone(call.at, { weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }) }),
    element("b", { textContent: call.method }),
    element("span", { textContent: names(call.chat) }),
    element("span", { textContent: call.status === 200 ? "" : call.status || "cut" }))));
}

// ---------------------------------------------------------------- beside the phone
async function refreshPanel() {
  const asked = current;
  const response = await fetch(`panel?chat=${asked}`).catch(() => null);
  if (!response?.ok || asked !== current) return;
  const { facts, now, speed, speeds } = await response.json();
  if (facts && facts.zone !== zone) zone = facts.zone;
  if (drawn && drawn.chat === current && drawn.zone !== zone) drawAll();
  $("time").textContent = facts?.time ?? clockOf(now);
  $("phone-time").textContent = $("time").textContent;
  $("day").textContent = `${facts?.day ?? dayOf(now)} · ${facts ? facts.zone : "UTC, until they say where they are"}`;
  $("quiet").textContent = facts ? (facts.quiet ? "Quiet hours now" : "May write now") : "";
  $("quiet").className = facts?.quiet ? "chip night" : "chip";
  $("quiet-text").textContent = facts?.quiet_text ?? "";
  $("paused").textContent = facts?.paused ?? "";
  $("paused").hidden = !facts?.paused;
  drawPlanned(facts?.planned ?? []);
  $("speeds").dataset.speed ??= "";
  if ($("speeds").dataset.speed !== String(speed)) {
    $("speeds").dataset.speed = String(speed);
    $("speeds").replaceChildren(...speeds.map((one) => {
      const button = element("button", { type: "button", onclick: () => post("speed", { speed: one }).then(refreshPanel) }, `×${one}`);
      button.setAttribute("aria-pressed", String(one === speed));
      return button;
    }));
  }
}

function drawPlanned(planned) {
  const text = JSON.stringify(planned);
  if ($("planned").dataset.text === text) return;
  $("planned").dataset.text = text;
  const items = planned.map((one) => element("li", {},
    element("span", { className: "when", textContent: one.local_time }),
    element("span", { className: "lane", textContent: one.lane }),
    element("span", { className: "why", textContent: one.why })));
  $("planned").replaceChildren(...(items.length ? items : [element("li", { className: "nothing", textContent: "Nothing planned for this person." })]));
}

$("skip").onclick = async () => {
  $("skip").disabled = true;
  const response = await post("skip", {}).finally(() => { $("skip").disabled = false; });
  const { now } = response?.ok ? await response.json() : {};
  $("skipped").textContent = now ? `It is now ${dayOf(now)}, ${clockOf(now)}.` : "Nothing is planned for anyone.";
  refreshPanel();
};

// ---------------------------------------------------------------- what is done
const post = (what, body) => fetch(what, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
}).catch(() => null);
const say = (what, body) => post(what, { chat: current, ...body });

$("composer").onsubmit = (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text) return;
  $("words").value = "";
  say("types", { text });
};
$("words").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
};
$("start").onclick = () => {
  say("types", { text: "/start" });
  if (byKeyboard($("start"))) $("words").focus();
};

const openers = [...document.querySelectorAll("[aria-controls]")];
function closeSheets() {
  for (const opener of openers) {
    opener.setAttribute("aria-expanded", "false");
    $(opener.getAttribute("aria-controls")).hidden = true;
  }
}
for (const opener of openers) {
  opener.onclick = () => {
    const sheet = $(opener.getAttribute("aria-controls"));
    const opens = sheet.hidden;
    closeSheets();
    sheet.hidden = !opens;
    opener.setAttribute("aria-expanded", String(opens));
    if (opens) sheet.querySelector("button")?.focus();
  };
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = openers.find((opener) => opener.getAttribute("aria-expanded") === "true");
  closeSheets();
  open?.focus();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".sheet, [aria-controls]")) closeSheets();
});

for (const button of document.querySelectorAll("[data-sends]")) {
  button.onclick = () => {
    closeSheets();
    if (button.dataset.sends === "place") $("places").showModal();
    else say("sends", { what: button.dataset.sends });
  };
}
$("block").onclick = () => {
  closeSheets();
  say("blocks", { blocked: !people.get(current).blocked });
};
$("places").querySelector("ul").append(...CITIES.map(([name, lat, lon]) => element("li", {},
  element("button", { type: "button", onclick: () => { $("places").close(); say("place", { lat, lon }); } }, name))));
function askForNewcomer() {
  $("newcomer").returnValue = "";
  $("newcomer").showModal();
}
$("nobody-new").onclick = () => $("newcomer").close();
$("newcomer").onclose = async () => {
  const name = $("name").value.trim();
  $("name").value = "";
  if ($("newcomer").returnValue !== "add" || !name) return;
  const response = await post("person", { name });
  if (!response?.ok) return;
  const { chat } = await response.json();
  if (!people.has(chat)) people.set(chat, { chat, name, blocked: false, keyboard: [], notices: [], messages: new Map(), unread: 0 });
  show(chat);
};

new EventSource("events").onmessage = (event) => hear(JSON.parse(event.data));
setInterval(refreshPanel, PANEL_EVERY);
