// The page: receives the events, draws at most once for each frame, and has the button.

import { Model } from "./model.js";
import { Timeline, element, setText } from "./timeline.js";

const byId = (id) => document.getElementById(id);
const model = new Model();
const timeline = new Timeline(model);
const button = byId("burst");
const invitation = button.textContent;
let due = false;
let drawnLines = 0;
let lastLine = "";

function drawSoon() {
  if (!due) {
    due = true;
    requestAnimationFrame(draw);
  }
}

function draw() {
  due = false;
  timeline.draw();
  drawTable();
  drawLog();
  drawResult();
  button.disabled = Boolean(model.burst);
  setText(button, model.burst ? `${model.burst.handshakes} handshakes are under way` : invitation);
  if (model.isBusy()) {
    drawSoon(); // time moves
  }
}

const table = new Map(); // the rows, by state and event
const first = new Map(); // the first row of each state
for (const row of byId("table").rows) {
  table.set(`${row.dataset.state} ${row.dataset.event}`, row);
  if (!first.has(row.dataset.state)) {
    first.set(row.dataset.state, row);
  }
  row.addEventListener("animationend", () => row.classList.remove("taken"));
}

function drawTable() {
  const counts = new Map();
  for (const connection of model.connections.values()) {
    if (!connection.end) {
      counts.set(connection.state, (counts.get(connection.state) ?? 0) + 1);
    }
  }
  for (const key of model.passed.splice(0)) {
    table.get(key)?.classList.add("taken");
  }
  const followed = model.followed();
  setText(byId("followed"), followed ? `follows #${followed.id}` : "");
  for (const [key, row] of table) {
    const isFirst = first.get(row.dataset.state) === row;
    const count = isFirst ? counts.get(row.dataset.state) ?? 0 : 0;
    setText(row.cells[0], count ? String(count) : "");
    row.classList.toggle("busy", count > 0);
    row.classList.toggle("current", isFirst && followed?.state === row.dataset.state);
    row.classList.toggle("passed", Boolean(followed?.rows.has(key)));
  }
}

function drawLog() {
  const newest = model.lines.at(-1) ?? "";
  if (drawnLines === model.lines.length && newest === lastLine) {
    return;
  }
  drawnLines = model.lines.length;
  lastLine = newest;
  const log = byId("log");
  log.replaceChildren(...model.lines.map(logLine));
  log.scrollTop = log.scrollHeight;
}

function logLine(text) {
  const item = element("li", "");
  const cell = (className, value) => {
    const made = element("span", className);
    made.textContent = value;
    item.append(made);
  };
  item.title = text;
  try {
    const line = JSON.parse(text);
    cell("number", line.seq);
    cell("time", line.time.slice(11, 23));
    if (!line.operation) {
      cell("use", "the log begins");
      return item;
    }
    cell("use", line.operation + (line.key ? ` with key ${line.key.slice(0, 8)}` : ""));
    cell(line.result === "ok" ? "ok" : "bad", line.result);
    cell("micros", `${line.us} \u00b5s`);
  } catch {
    cell("use", text);
  }
  return item;
}

function seconds(millis) {
  return millis < 100 ? `${millis.toFixed(0)}\u00a0ms` : `${(millis / 1000).toFixed(2)}\u00a0s`;
}

function drawResult() {
  const result = model.result;
  if (!result) {
    return;
  }
  const blocking = result.handshakes * model.delay;
  const longest = Math.max(blocking, result.took);
  byId("blocking-bar").style.width = `${(blocking / longest) * 70}%`;
  byId("suspending-bar").style.width = `${(result.took / longest) * 70}%`;
  setText(byId("blocking"), `${seconds(blocking)} or more`);
  setText(byId("suspending"), seconds(result.took));
  const worked = result.worked < 0 ? "." : `; for all of them the thread computed ${seconds(result.worked)}.`;
  setText(byId("worked"), `${result.completed} of ${result.handshakes} handshakes completed${worked}`);
}

function follow(event) {
  const lane = event.target.closest("[data-connection]");
  if (lane) {
    model.chosen = Number(lane.dataset.connection);
    drawSoon();
  }
}

byId("rows").addEventListener("click", follow);
byId("rows").addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    follow(event);
  }
});

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const answer = await fetch("/burst", { method: "POST", headers: { "X-Lockstep-Demo": "1" } });
    setText(byId("answer"), answer.ok ? "" : await answer.text());
  } catch {
    setText(byId("answer"), "The server does not answer.");
  }
  drawSoon();
});

const events = new EventSource("/events");
events.onmessage = (message) => {
  model.take(JSON.parse(message.data));
  drawSoon();
};
events.onopen = () => {
  setText(byId("link"), "live");
  byId("link").className = "link live";
};
events.onerror = () => {
  setText(byId("link"), events.readyState === EventSource.CLOSED ? "not connected: enough pages are open, or the demo has ended" : "connecting again");
  byId("link").className = "link";
};
addEventListener("resize", drawSoon);
