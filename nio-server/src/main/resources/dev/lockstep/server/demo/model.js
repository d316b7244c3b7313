// What the events say: connections with the parts of their lives, the moments in which the thread worked, the log.

const MOST_CONNECTIONS = 28;
const MOST_MOMENTS = 3000;
const MOST_LINES = 60;
const QUIET_MILLIS = 2500;

export class Model {
  constructor() {
    this.reset();
  }

  reset() {
    this.connections = new Map();
    this.moments = [];
    this.lines = [];
    this.passed = []; // the rows of the table taken since they were last drawn
    this.start = 0; // where the axis of time begins
    this.last = 0; // when a connection last did something
    this.offset = 0; // from the server's clock to the page's
    this.own = 0; // the connection that carries the events
    this.newest = 0;
    this.delay = 0; // milliseconds that each use of a key takes
    this.chosen = 0;
    this.burst = null;
    this.result = null;
  }

  /** The server's time now, in milliseconds. */
  now() {
    return performance.now() - this.offset;
  }

  /** Takes one event; returns whether its kind is known. */
  take(event) {
    const known = this["on_" + event.kind.replace("-", "_")];
    if (known) {
      known.call(this, event);
    }
    return Boolean(known);
  }

  on_hello(event) {
    this.reset();
    this.offset = performance.now() - event.t;
    this.own = event.c;
    this.delay = event.delay;
  }

  on_open(event) {
    if (!this.isBusy() && event.t - this.last > QUIET_MILLIS) {
      this.startOver(event.t);
    }
    this.connection(event.c, event.t).who = event.who;
    if (event.who === "burst" && !this.chosen) {
      this.chosen = event.c; // one of them is followed to its end
    }
    this.last = event.t;
  }

  on_state(event) {
    const connection = this.connection(event.c, event.t);
    connection.state = event.to;
    connection.rows.add(event.from + " " + event.on);
    this.passed.push(event.from + " " + event.on);
    this.moments.push(event.t);
    if (this.moments.length > MOST_MOMENTS) {
      this.moments.shift();
    }
    this.last = event.t;
    if (event.c !== this.own) {
      this.newest = event.c;
    }
  }

  on_suspend(event) {
    this.part(event, "suspended").label = event.for;
  }

  on_resume(event) {
    const connection = this.connection(event.c, event.t);
    const before = connection.parts.at(-1);
    if (before.kind === "suspended") {
      before.waited = event.waited;
    }
    this.part(event, connection.established ? "open" : "shake");
  }

  on_established(event) {
    this.connection(event.c, event.t).established = true;
    this.part(event, "open").label = event.resumed ? "resumed" : "";
  }

  on_failed(event) {
    this.part(event, "failed").label = event.why;
  }

  on_closed(event) {
    const connection = this.connection(event.c, event.t);
    connection.end = event.t;
    connection.state = "";
    this.last = event.t;
  }

  on_key(event) {
    this.lines.push(event.line);
    if (this.lines.length > MOST_LINES) {
      this.lines.shift();
    }
  }

  on_burst(event) {
    this.startOver(event.t);
    this.burst = event;
    this.chosen = 0;
  }

  on_burst_end(event) {
    this.burst = null;
    this.result = event;
  }

  /** A new picture: connections that have ended leave it. */
  startOver(t) {
    for (const [id, connection] of this.connections) {
      if (connection.end) {
        this.connections.delete(id);
      }
    }
    this.moments = [];
    this.start = t;
  }

  part(event, kind) {
    const connection = this.connection(event.c, event.t);
    const part = { kind, from: event.t, label: "" };
    connection.parts.at(-1).to = event.t;
    connection.parts.push(part);
    this.last = event.t;
    return part;
  }

  connection(id, t) {
    let found = this.connections.get(id);
    if (!found) {
      found = { id, who: "visitor", state: "READ_CLIENT_HELLO", established: false, end: 0, rows: new Set(), parts: [{ kind: "shake", from: t, label: "" }] };
      this.connections.set(id, found);
      this.forgetSome();
    }
    return found;
  }

  forgetSome() {
    for (const [id, connection] of this.connections) {
      if (this.connections.size <= MOST_CONNECTIONS) {
        return;
      }
      if (connection.end) {
        this.connections.delete(id);
      }
    }
  }

  /** Whether a handshake is under way, so that time moves. */
  isBusy() {
    return Boolean(this.burst) || [...this.connections.values()].some((it) => !it.end && !it.established && it.parts.at(-1).kind !== "failed");
  }

  /** The connection whose row of the table is marked: the one that was chosen, or the one that moved last. */
  followed() {
    return this.connections.get(this.chosen) ?? this.connections.get(this.newest);
  }

  /** The end of the axis of time. */
  end() {
    const end = this.isBusy() ? this.now() : this.last + (this.last - this.start) * 0.04;
    return Math.max(end, this.start + 500);
  }
}
