// The order book with its depth as bars behind the rows, and the tape. Rows are kept and rewritten, so that nothing flickers.

/** @param {HTMLElement} body @param {number} count @param {number} cells */
function rowsOf(body, count, cells) {
  while (body.children.length > count) body.lastElementChild?.remove();
  while (body.children.length < count) {
    const row = document.createElement("tr");
    for (let cell = 0; cell < cells; cell += 1) row.append(document.createElement("td"));
    body.append(row);
  }
  return [...body.children];
}

/** @param {Element} row @param {string[]} texts @param {string[]} classes */
function fill(row, texts, classes) {
  texts.forEach((text, place) => {
    const cell = row.children[place];
    if (cell.textContent !== text) cell.textContent = text;
    if (cell.className !== classes[place]) cell.className = classes[place];
  });
}

export class Book extends HTMLElement {
  connectedCallback() { this.draw(JSON.parse(this.dataset.book ?? "{}")); }

  /** @param {Record<string, any>} frame */
  show(frame) { if (frame.book) this.draw(frame.book); }

  /** @param {{bids?: [string, string, number, number][], asks?: [string, string, number, number][]}} book */
  draw(book) {
    const bids = book.bids ?? [];
    const asks = book.asks ?? [];
    const most = Math.max(1, ...[...bids, ...asks].map((level) => level[3]));
    this.side("tbody.asks", [...asks].reverse(), most, "down", asks.length);
    this.side("tbody.bids", bids, most, "up", 0);
  }

  /** @param {string} selector @param {[string, string, number, number][]} levels @param {number} most @param {string} tone @param {number} reversed */
  side(selector, levels, most, tone, reversed) {
    const body = /** @type {HTMLElement} */ (this.querySelector(selector));
    rowsOf(body, levels.length, 4).forEach((row, place) => {
      const [price, shares, orders, quantity] = levels[place];
      const rank = reversed ? reversed - place : place + 1;
      fill(row, [`${body.dataset.side} ${rank}`, price, shares, String(orders)], ["quiet", `num ${tone}`, "num", "num quiet"]);
      row.style.setProperty("--part", `${(quantity / most) * 100}%`);
    });
  }
}

export class Tape extends HTMLElement {
  connectedCallback() { this.draw(JSON.parse(this.dataset.tape ?? "[]")); }

  /** @param {Record<string, any>} frame */
  show(frame) { if (frame.tape) this.draw(frame.tape); }

  /** @param {[number, string, string, string, string][]} trades */
  draw(trades) {
    const body = /** @type {HTMLElement} */ (this.querySelector("tbody"));
    rowsOf(body, trades.length, 3).forEach((row, place) => {
      const [, time, price, shares, way] = trades[place];
      fill(row, [time, `${way === "up" ? "▲" : "▼"} ${price}`, shares], ["quiet", `num ${way}`, "num"]);
    });
  }
}
