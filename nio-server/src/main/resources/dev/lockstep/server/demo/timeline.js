// Draws the model: a lane for each connection, the moments of the thread above them, the axis below.

const STEPS = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000, 300000, 3600000];
const SOME_TEXT = 40; // pixels
const SHORT_TEXT = 85;
const WHOLE_TEXT = 150;

export class Timeline {
  constructor(model) {
    this.model = model;
    this.rows = document.getElementById("rows");
    this.axis = document.getElementById("axis");
    this.work = document.querySelector("#work path");
    this.lanes = new Map();
  }

  draw() {
    const start = this.model.start;
    const span = this.model.end() - start;
    const width = this.axis.clientWidth;
    const share = (t) => Math.min(1, Math.max(0, (t - start) / span));
    for (const [id, lane] of this.lanes) {
      if (!this.model.connections.has(id)) {
        lane.root.remove();
        this.lanes.delete(id);
      }
    }
    const followed = this.model.followed();
    for (const connection of this.model.connections.values()) {
      const lane = this.lane(connection);
      lane.root.classList.toggle("followed", connection === followed);
      this.drawParts(lane, connection, share, width, start + span);
    }
    this.drawWork(share);
    this.drawAxis(span);
  }

  lane(connection) {
    let lane = this.lanes.get(connection.id);
    if (!lane) {
      const root = element("div", "lane");
      root.dataset.connection = connection.id;
      root.tabIndex = 0;
      lane = { root, who: element("span", "who"), track: element("span", "track"), parts: [] };
      root.append(lane.who, lane.track);
      this.rows.append(root);
      this.lanes.set(connection.id, lane);
    }
    const who = connection.id === this.model.own ? "this page" : connection.who;
    setText(lane.who, `#${connection.id} ${who}`);
    lane.root.dataset.who = who;
    return lane;
  }

  drawParts(lane, connection, share, width, now) {
    connection.parts.forEach((part, i) => {
      let drawn = lane.parts[i];
      if (!drawn) {
        drawn = element("span", "part");
        lane.track.append(drawn);
        lane.parts.push(drawn);
      }
      const left = share(part.from);
      const to = part.to ?? (connection.end || now);
      const right = share(to);
      const room = (right - left) * width;
      drawn.className = `part ${part.kind}${room < SOME_TEXT ? " narrow" : ""}`;
      drawn.hidden = right <= 0 && to < this.model.start;
      drawn.style.left = `${left * 100}%`;
      drawn.style.width = `${(right - left) * 100}%`;
      setText(drawn, label(part, to, room));
      drawn.title = label(part, to, WHOLE_TEXT);
    });
  }

  /** Moments that fall onto the same point become one mark. */
  drawWork(share) {
    const points = new Set();
    for (const t of this.model.moments) {
      if (t >= this.model.start) {
        points.add(Math.round(share(t) * 1000));
      }
    }
    this.work.setAttribute("d", [...points].map((x) => `M${x} 1V9`).join(""));
  }

  drawAxis(span) {
    const step = STEPS.find((it) => span / it <= Math.max(2, this.axis.clientWidth / 90)) ?? STEPS.at(-1);
    const ticks = [];
    for (let t = 0; t < span * 0.93; t += step) {
      const tick = element("span", "tick");
      tick.style.left = `${(t / span) * 100}%`;
      tick.textContent = span > 3000 ? `${t / 1000} s` : `${t} ms`;
      ticks.push(tick);
    }
    this.axis.replaceChildren(...ticks);
  }
}

/** What a part says in so many pixels. */
function label(part, to, room) {
  if (room < SOME_TEXT) {
    return "";
  }
  if (part.kind !== "suspended" || room < SHORT_TEXT) {
    return part.label;
  }
  const millis = `${Math.round(part.waited ?? to - part.from)} ms`;
  return room < WHOLE_TEXT ? `${part.label} ${millis}` : `waits for ${part.label} \u00b7 ${millis}`;
}

export function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

/** A text that has not changed is left alone, so that the page can be selected and read aloud. */
export function setText(where, text) {
  if (where.textContent !== text) {
    where.textContent = text;
  }
}
