// The price of one share over the day, by Lightweight Charts; colours come from the page's variables, in light and in dark.

export class Chart extends HTMLElement {
  connectedCallback() {
    const kit = window.LightweightCharts;
    this.close = Number(this.dataset.close);
    this.chart = kit.createChart(this, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: 11 },
      handleScroll: false,
      handleScale: false,
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 0.26 } },
      timeScale: { timeVisible: true, secondsVisible: false, borderVisible: false },
      crosshair: { mode: 0 },
    });
    this.price = this.chart.addSeries(kit.BaselineSeries, {
      baseValue: { type: "price", price: this.close }, lineWidth: 2, priceLineVisible: false,
    });
    this.shares = this.chart.addSeries(kit.HistogramSeries, {
      priceScaleId: "", priceFormat: { type: "volume" }, priceLineVisible: false, lastValueVisible: false,
    });
    this.shares.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.line = this.price.createPriceLine({ price: this.close, lineWidth: 1, lineStyle: 2, axisLabelVisible: true, title: "" });
    this.paint();
    this.lights = matchMedia("(prefers-color-scheme: dark)");
    this.lights.addEventListener("change", () => this.paint());
    const points = JSON.parse(this.dataset.points ?? "[]");
    this.price.setData(points.map((/** @type {number[]} */ [time, value]) => ({ time, value })));
    this.shares.setData(points.map((/** @type {number[]} */ [time, , value]) => ({ time, value })));
    this.chart.timeScale().fitContent();
    this.latest = points.length ? points[points.length - 1][0] : 0;
  }

  disconnectedCallback() { this.chart?.remove(); }

  paint() {
    const style = getComputedStyle(this);
    /** @param {string} name */
    const colour = (name) => style.getPropertyValue(name).trim();
    const up = colour("--up"), down = colour("--down"), hair = colour("--hair");
    this.chart.applyOptions({
      layout: { background: { color: colour("--panel") }, textColor: colour("--soft"), fontFamily: style.fontFamily },
      grid: { vertLines: { color: hair }, horzLines: { color: hair } },
    });
    this.price.applyOptions({
      topLineColor: up, topFillColor1: `${up}3d`, topFillColor2: `${up}08`,
      bottomLineColor: down, bottomFillColor1: `${down}08`, bottomFillColor2: `${down}3d`,
    });
    this.shares.applyOptions({ color: colour("--strong") });
    this.line.applyOptions({ color: colour("--soft") });
  }

  /** @param {Record<string, any>} frame */
  show(frame) {
    for (const [time, value, shares] of frame.prices ?? []) {
      if (time < this.latest) continue;
      this.latest = time;
      this.price.update({ time, value });
      this.shares.update({ time, value: shares });
    }
  }
}
