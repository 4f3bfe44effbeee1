// The river: every entry of the journal as a dot on the lane of its venue; the lanes join at the right, where the row is sealed.
const SVG = "http://www.w3.org/2000/svg";
const LANES = ["centre", "reinsurance", "offshore", "growth"];
const KEPT = 600;
const SPAN_MS = 45_000;
const FEW = 30;

/** @param {string} name @param {Record<string, string | number>} attributes */
function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

export class River extends HTMLElement {
  connectedCallback() {
    /** @type {Map<number, {at: number, lane: number, mark: SVGElement}>} */
    this.dots = new Map();
    this.svg = draw("svg", { "aria-hidden": "true" });
    this.bed = draw("g", {});
    this.marks = draw("g", {});
    this.labels = draw("g", {});
    this.svg.append(this.bed, this.marks, this.labels);
    this.replaceChildren(this.svg);
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(this);
    this.take(JSON.parse(this.dataset.dots ?? "[]"));
  }

  disconnectedCallback() { this.sizes.disconnect(); }

  /** @param {Record<string, unknown>} frame */
  show(frame) {
    if (Array.isArray(frame.river)) this.take(frame.river);
  }

  /** @param {[number, number, number, number, string][]} entries number, instant in ms, lane, refused, what */
  take(entries) {
    for (const [seq, at, lane, refused, what] of entries) {
      if (this.dots.has(seq)) continue;
      const mark = refused
        ? draw("path", { class: `dot refused ${LANES[lane]}`, d: "M-3.500-3.500L3.500 3.500M3.500-3.500L-3.500 3.500" })
        : draw("circle", { class: `dot ${LANES[lane]}`, r: lane ? 3.6 : 2 });
      const title = draw("title", {});
      title.textContent = `${seq} · ${what}`;
      mark.append(title);
      this.marks.append(mark);
      this.dots.set(seq, { at, lane, mark });
    }
    const numbers = [...this.dots.keys()].sort((a, b) => a - b);
    for (const seq of numbers.slice(0, Math.max(0, numbers.length - KEPT))) {
      this.dots.get(seq)?.mark.remove();
      this.dots.delete(seq);
    }
    this.place();
  }

  lay() {
    const { width, height } = this.getBoundingClientRect();
    if (!width) return;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const from = width < 600 ? 8 : 112;
    this.frame = { width, height, from, to: width * (width < 600 ? 0.86 : 0.9) };
    const names = JSON.parse(this.dataset.lanes ?? "[]");
    this.bed.replaceChildren();
    this.labels.replaceChildren();
    LANES.forEach((lane, place) => {
      const y = this.y(place);
      const middle = height / 2;
      const { to } = this.frame;
      const bend = (width - to) * 0.7;
      this.bed.append(draw("path", { class: `lane ${lane}`, d: `M${from} ${y}H${to}C${to + bend} ${y} ${to + bend * 0.4} ${middle} ${width - 14} ${middle}` }));
      const label = draw("text", width < 600 ? { x: 8, y: y - 7 } : { x: 14, y: y + 4 });
      label.textContent = names[place] ?? lane;
      this.labels.append(label);
    });
    this.bed.append(draw("rect", { class: "head", x: width - 22, y: height / 2 - 8, width: 16, height: 16, rx: 3 }));
    this.place();
  }

  /** @param {number} lane */
  y(lane) { return (this.frame.height * (lane + 0.5)) / LANES.length; }

  place() {
    if (!this.frame) return;
    const times = [...this.dots.values()].map((dot) => dot.at).sort((a, b) => b - a);
    if (!times.length) return;
    const now = times[0];
    const span = Math.max(SPAN_MS, now - (times[Math.min(FEW, times.length - 1)] ?? now));
    const { from, to } = this.frame;
    for (const { at, lane, mark } of this.dots.values()) {
      const x = to - ((now - at) / span) * (to - from);
      mark.style.transform = `translate(${x.toFixed(1)}px, ${this.y(lane).toFixed(1)}px)`;
      mark.style.visibility = x < from ? "hidden" : "visible";
    }
  }
}
