// Joins a page to the stream of live figures. Text is written as text, never as markup; whole parts are
// fetched from the server by htmx, which keeps scroll and focus. Nothing here decides anything.
import { River } from "./river.js";
import { Book, Tape } from "./book.js";
import { Chart } from "./chart.js";

customElements.define("hp-river", River);
customElements.define("hp-book", Book);
customElements.define("hp-tape", Tape);
customElements.define("hp-chart", Chart);

const FRESH_MS = 1100;

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent === text) return;
  element.textContent = text;
  if (element.hasAttribute("data-live-move")) {
    element.classList.toggle("up", text.startsWith("+"));
    element.classList.toggle("down", text.startsWith("\u2212"));
    element.classList.toggle("flat", !/^[+\u2212]/.test(text));
  }
  if (element.dataset.live === "clock" || element.dataset.live === "head") return;
  element.classList.remove("fresh");
  requestAnimationFrame(() => element.classList.add("fresh"));
  setTimeout(() => element.classList.remove("fresh"), FRESH_MS);
}

/** Parts that are on their way. @type {Promise<unknown>} */
let line = Promise.resolve();

/** Part of a page that is fetched anew when a key of the stream changes, at most every `data-every` ms. */
class Part {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.every = Number(element.dataset.every);
    this.due = 0;
    this.timer = 0;
    element.addEventListener("input", () => { this.touched = true; });
  }

  changed() {
    if (this.timer) return;
    this.timer = setTimeout(() => this.fetch(), Math.max(60, this.due - performance.now()));
  }

  fetch() {
    this.timer = 0;
    const busy = this.touched || this.element.querySelector("input:focus, select:focus, textarea:focus");
    this.due = performance.now() + this.every;
    if (busy || document.hidden) return;
    const address = new URL(location.href);
    address.searchParams.delete("done");
    address.searchParams.set("part", String(this.element.dataset.part));
    // One after the other: htmx drops a third request while one is on its way and one waits.
    const ask = () => window.htmx.ajax("GET", address.pathname + address.search, { target: this.element, swap: "innerMorph" });
    line = line.then(ask).catch(() => undefined);
  }
}

/** @type {Map<string, Part[]>} */
const parts = new Map();
for (const element of document.querySelectorAll(".part[data-on]")) {
  const key = String(element.dataset.on);
  parts.set(key, [...(parts.get(key) ?? []), new Part(element)]);
}

/** What the page was told last; the first frame only says where the page already is.
 *  @type {Record<string, unknown>} */
let known = {};
let started = false;

/** @param {Record<string, unknown>} frame */
function show(frame) {
  for (const element of document.querySelectorAll("[data-live]")) {
    const text = frame[String(element.dataset.live)];
    if (typeof text === "string") write(element, text);
  }
  for (const element of document.querySelectorAll("[data-live-value]")) {
    const value = frame[String(element.dataset.liveValue)];
    if (typeof value !== "number") continue;
    element.setAttribute("width", String(Math.min(100, (100 * value) / Number(element.dataset.top))));
  }
  for (const element of document.querySelectorAll("hp-river, hp-book, hp-tape, hp-chart")) element.show(frame);
  for (const [key, found] of parts) {
    if (started && key in frame && frame[key] !== known[key]) for (const part of found) part.changed();
  }
  known = { ...known, ...frame };
  started = true;
}

function listen() {
  const topic = document.body.dataset.topic ?? "";
  if (!document.querySelector("[data-live='clock']")) return;
  const source = new EventSource(`/console/stream?topics=${encodeURIComponent(topic)}`);
  source.addEventListener("frame", (event) => {
    document.documentElement.dataset.stream = "open";
    show(JSON.parse(event.data));
  });
  source.addEventListener("error", () => { document.documentElement.dataset.stream = "waiting"; });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

for (const select of document.querySelectorAll("select[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
listen();
