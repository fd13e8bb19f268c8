// The flat views: plotly.js draws the axes and what stays, and a canvas over it what moves.

const MARGINS = { l: 56, r: 16, t: 30, b: 44 };
const BARE = { l: 12, r: 12, t: 26, b: 12 };
const NEAR = 14; // pixels: what is nearer to the pointer is meant

class Flat {
  constructor(element, view, film, ground, theme, steps) {
    Object.assign(this, { element, view, film, ground, theme, arrows: steps });
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.paint = PAINTERS[view.kind](this);
    this.racers = film.racers;
  }

  async start() {
    const font = { family: "system-ui, sans-serif", size: 12, color: this.theme["quiet-ink"] };
    this.layout = {
      ...this.view.layout, font, margin: this.margins(), showlegend: false, hovermode: false, dragmode: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    };
    const nothing = (this.view.layout.xaxis2 ? ["", "2"] : [""]).map((n) => ({
      type: "scatter", x: [], y: [], xaxis: `x${n}`, yaxis: `y${n}`,
    }));
    const data = [...traceOf(this.view.data), ...nothing];
    await Plotly.newPlot(this.element, data, this.layout, { staticPlot: true, responsive: false });
    this.element.parentNode.append(this.canvas);
  }

  /** What is left free around the plot; around a map so much that it keeps its proportions. */
  margins() {
    const base = this.view.layout.xaxis.showticklabels ? MARGINS : BARE;
    const width = this.element.clientWidth - base.l - base.r;
    const height = this.element.clientHeight - base.t - base.b;
    const { aspect } = this.view;
    if (!aspect || width <= 0 || height <= 0) return { ...base };
    const beside = Math.max(0, width - height * aspect);
    const above = Math.max(0, height - width / aspect);
    return { l: base.l, r: base.r + beside, t: base.t, b: base.b + above };
  }

  async resize() {
    this.layout.margin = this.margins();
    await Plotly.relayout(this.element, { margin: this.layout.margin, autosize: true });
  }

  /** Where plot number `n` is: its box in pixels, and numbers to pixels and back. */
  plot(n = 0) {
    const { l, r, t, b } = this.layout.margin;
    const suffix = n ? "2" : "";
    const [x, y] = [this.layout[`xaxis${suffix}`], this.layout[`yaxis${suffix}`]];
    const [from, to] = x.domain || [0, 1];
    const width = this.element.clientWidth - l - r;
    const box = { left: l + from * width, width: (to - from) * width, top: t, height: this.element.clientHeight - t - b };
    const [x0, x1] = x.range;
    const [y0, y1] = y.range;
    return {
      ...box,
      right: box.left + box.width,
      bottom: box.top + box.height,
      x: (number) => box.left + ((number - x0) / (x1 - x0)) * box.width,
      y: (number) => box.top + ((y1 - number) / (y1 - y0)) * box.height,
      numbers: (left, top) => [x0 + ((left - box.left) / box.width) * (x1 - x0), y1 - ((top - box.top) / box.height) * (y1 - y0)],
    };
  }

  draw(now) {
    const { clientWidth: width, clientHeight: height } = this.element;
    const finer = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * finer) || this.canvas.height !== Math.round(height * finer)) {
      this.canvas.width = Math.round(width * finer);
      this.canvas.height = Math.round(height * finer);
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    const brush = this.canvas.getContext("2d");
    brush.setTransform(finer, 0, 0, finer, 0, 0);
    brush.clearRect(0, 0, width, height);
    brush.lineCap = brush.lineJoin = "round";
    this.seen = [];
    this.paint(brush, now);
  }

  /** Paint in the box of a plot and nowhere else. */
  inside(brush, plot, paint) {
    brush.save();
    brush.beginPath();
    brush.rect(plot.left - 1, plot.top - 1, plot.width + 2, plot.height + 2);
    brush.clip();
    paint();
    brush.restore();
  }

  line(brush, points, color, width) {
    brush.beginPath();
    let gap = true;
    for (const [x, y] of points) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        gap = true;
        continue;
      }
      if (gap) brush.moveTo(x, y);
      else brush.lineTo(x, y);
      gap = false;
    }
    brush.strokeStyle = color;
    brush.lineWidth = width;
    brush.stroke();
  }

  /** A ball; `what` is told of it under the pointer. */
  ball(brush, x, y, radius, color, what) {
    const disc = (dx, dy, size, fill) => {
      brush.beginPath();
      brush.arc(x + dx, y + dy, size, 0, 2 * Math.PI);
      brush.fillStyle = fill;
      brush.fill();
    };
    disc(0, 0, 1.2 * radius, "rgba(0,0,0,0.55)");
    disc(0, 0, radius, color);
    disc(-0.3 * radius, -0.3 * radius, 0.28 * radius, "rgba(255,255,255,0.55)");
    if (what) this.seen.push({ x, y, what });
  }

  ring(brush, x, y, radius, color, width = 1.6) {
    brush.beginPath();
    brush.arc(x, y, radius, 0, 2 * Math.PI);
    brush.strokeStyle = color;
    brush.lineWidth = width;
    brush.stroke();
  }

  /** Have `tell` called with what is under the pointer, and null if nothing is. */
  listen(tell) {
    const { parentNode } = this.element;
    const point = (event) => {
      const box = this.element.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const far = (each) => Math.hypot(each.x - x, each.y - y);
      const nearest = (this.seen || []).reduce((best, each) => (!best || far(each) < far(best) ? each : best), null);
      if (nearest && far(nearest) < NEAR) return tell(nearest.what);
      const plot = this.plot();
      const within = x >= plot.left && x <= plot.right && y >= plot.top && y <= plot.bottom;
      return tell(within && this.view.kind === "map" ? { place: plot.numbers(x, y) } : null);
    };
    ["pointermove", "pointerdown"].forEach((kind) => parentNode.addEventListener(kind, point));
    parentNode.addEventListener("pointerleave", () => tell(null));
  }
}

/** Points of all runs at `placeOf`, the balls of a race's single points larger. */
function paintPoints(flat, brush, { position, m }, placeOf, radius) {
  flat.film.runs.forEach((run, r) => {
    for (let i = 0; i < run.count; i++) {
      if (!flat.film.shows(r, i)) continue;
      const place = flat.film.place(run, i, m);
      if (!flat.film.contains(place)) continue;
      const [x, y, share] = placeOf(place);
      if (Number.isFinite(x) && Number.isFinite(y)) flat.ball(brush, x, y, radius, run.colorOf(i, position, share), { r, i });
    }
  });
}

/** The parts of a step, each with an edge that sets it off from the ground. */
function paintArrows(flat, brush, plot, m) {
  flat.inside(brush, plot, () => {
    flat.arrows.at(m).forEach(({ color, alone, lines }) => {
      const points = lines.map((line) => line.map(([x, y]) => [plot.x(x), plot.y(y)]));
      const width = alone ? 3.4 : 2.2;
      points.forEach((each) => flat.line(brush, each, flat.arrows.edge, width + 2));
      points.forEach((each) => flat.line(brush, each, color, width));
    });
  });
}

const PAINTERS = {
  map: (flat) => {
    const trails = flat.film.runs.map((run) => new Trails(run.trails, flat.ground, 0));
    const { half, height } = flat.ground;
    const field = flat.view.field && unpack(flat.view.field);
    return (brush, now) => {
      const plot = flat.plot();
      const small = Math.min(Math.max(Math.min(plot.width, plot.height) / FULL, 0.45), 1);
      const across = (x) => plot.left + ((x / half[0] + 1) / 2) * plot.width;
      const up = (y) => plot.bottom - ((y / half[1] + 1) / 2) * plot.height;
      flat.inside(brush, plot, () => {
        for (let k = 0; field && k < field.length; k += 4) {
          const ends = [[plot.x(field[k]), plot.y(field[k + 1])], [plot.x(field[k + 2]), plot.y(field[k + 3])]];
          flat.line(brush, ends, flat.theme.field, 1.1);
        }
        flat.view.minima.forEach(([x, y]) => flat.ring(brush, plot.x(x), plot.y(y), 5, flat.theme.minimum));
        trails.forEach((each, r) => {
          const width = Math.max(flat.film.runs[r].width * 0.5 * small, flat.racers ? 2 : 1);
          for (let chunk = 0; chunk < each.chunks; chunk++) {
            if (now.position <= each.edges[chunk]) break;
            const part = each.part(chunk, now.position, (i) => flat.film.shows(r, i));
            let begin = 0;
            for (let k = 0; k < part.x.length; k++) {
              const ends = k + 1 === part.x.length || !Number.isFinite(part.x[k]);
              if (!ends && (k === begin || part.color[k] === part.color[begin])) continue;
              const points = [];
              for (let n = begin; n <= k; n++) points.push([across(part.x[n]), up(part.y[n])]);
              flat.line(brush, points, part.color[begin], width);
              begin = Number.isFinite(part.x[k]) ? k : k + 1;
            }
          }
        });
      });
      if (flat.arrows) paintArrows(flat, brush, plot, now.m);
      const radius = Math.max((flat.view.diameter / 4) * small, flat.racers ? 5 : 2.6);
      paintPoints(flat, brush, now, ([x, y]) => {
        const z = flat.ground.drape(x, y)[2];
        return Number.isFinite(z) ? [plot.x(x), plot.y(y), z / height] : [NaN, NaN, 0];
      }, radius);
    };
  },

  curve: (flat) => {
    const x = unpack(flat.view.x);
    const y = unpack(flat.view.y);
    const valueAt = (at) => {
      const k = Math.min(Math.max(lastUpTo(x, at), 0), x.length - 2);
      return y[k] + ((at - x[k]) / (x[k + 1] - x[k])) * (y[k + 1] - y[k]);
    };
    const followed = flat.film.runs.every((run) => run.count === 1);
    return (brush, now) => {
      const plot = flat.plot();
      const [low, high] = flat.view.layout.yaxis.range;
      flat.inside(brush, plot, () => {
        flat.view.minima.forEach(([at]) => flat.ring(brush, plot.x(at), plot.y(valueAt(at)), 9, flat.theme.minimum, 2));
        if (!followed) return;
        flat.film.runs.forEach((run, r) => {
          if (!flat.film.shows(r, 0)) return;
          const been = [];
          for (let k = 0; k <= Math.floor(now.m); k++) been.push(run.coordinate(0, 0, k));
          been.push(run.coordinate(0, 0, now.m));
          const color = flat.film.race ? run.color : flat.theme.trail;
          const [from, to] = [Math.min(...been), Math.max(...been)];
          const way = [from, ...Array.from(x).filter((at) => at > from && at < to), to];
          flat.line(brush, way.map((at) => [plot.x(at), plot.y(valueAt(at))]), color, 4);
          been.slice(0, -1).forEach((at) => {
            brush.beginPath();
            brush.arc(plot.x(at), plot.y(valueAt(at)), 3, 0, 2 * Math.PI);
            brush.fillStyle = color;
            brush.fill();
          });
        });
      });
      const count = flat.film.runs.reduce((sum, run) => sum + run.count, 0);
      paintPoints(flat, brush, now, ([at]) => {
        const value = valueAt(at);
        return [plot.x(at), plot.y(value), (value - low) / (high - low)];
      }, Math.min(Math.max(26 * count ** -0.35, 3.5), 9));
    };
  },

  loss: (flat) => {
    const iterations = unpack(flat.view.iterations);
    const lines = flat.view.lines.map((line) => ({ ...line, values: unpack(line.values) }));
    const across = (iteration) => (flat.view.compressed ? Math.log10(1 + iteration) : iteration);
    return (brush, { position }) => {
      const plot = flat.plot();
      const named = lines.filter((line) => line.name);
      let right = plot.right;
      brush.font = "12px system-ui, sans-serif";
      brush.textAlign = "right";
      [...named].reverse().forEach((line) => {
        brush.fillStyle = line.color;
        brush.fillText(line.name, right, plot.top - 9);
        right -= brush.measureText(line.name).width + 14;
      });
      lines.forEach((line) => {
        if (line.run !== null && flat.film.hiddenRuns.has(line.run)) return;
        const [arrival, end] = [line.arrival, line.end].map((each) => (each === null ? Infinity : each));
        const until = Math.min(position, arrival, end);
        const arrived = position >= arrival;
        const last = lastUpTo(iterations, until);
        const points = [];
        for (let k = 0; k <= last; k++) points.push([plot.x(across(iterations[k])), plot.y(line.values[k])]);
        if (last + 1 < iterations.length) {
          const share = (until - iterations[last]) / (iterations[last + 1] - iterations[last]);
          const value = line.values[last] + share * (line.values[last + 1] - line.values[last]);
          points.push([plot.x(across(until)), plot.y(value)]);
        }
        const [x, y] = points[points.length - 1];
        flat.inside(brush, plot, () => {
          flat.line(brush, points, line.color, Math.max(line.width * 0.8, 1.8));
          if (arrived) flat.line(brush, [[x, y], [plot.x(across(position)), y]], line.color, 1);
        });
        const [low, high] = [plot.top - 1, plot.bottom + 1];
        const run = line.run === null ? null : flat.film.runs[line.run];
        const only = run ? run.count === 1 : flat.film.runs[0].count === 1;
        if (y >= low && y <= high) flat.ball(brush, x, y, 4.5, line.color, only ? { r: line.run || 0, i: 0 } : null);
        if (arrived && y >= low && y <= high) flat.ring(brush, x, y, 8, line.color);
      });
    };
  },

  slices: (flat) => {
    const at = unpack(flat.view.at);
    const [, , count] = shapeOf(flat.view.slices);
    const values = unpack(flat.view.slices);
    const [run] = flat.film.runs;
    return (brush, { position, m }) => {
      const before = Math.min(Math.max(lastUpTo(at, position), 0), at.length - 1);
      const after = Math.min(before + 1, at.length - 1);
      const share = after > before ? (position - at[before]) / (at[after] - at[before]) : 0;
      const here = flat.film.place(run, 0, m);
      const value = run.value(0, m);
      const [f, ...names] = flat.view.names;
      [0, 1].forEach((axis) => {
        const plot = flat.plot(axis);
        const inside = names.map((name, k) => (k === axis ? name : `${name} = ${here[k].toFixed(2)}`)).join(", ");
        brush.font = "14px system-ui, sans-serif";
        brush.textAlign = "center";
        brush.fillStyle = flat.theme.ink;
        brush.fillText(`${f}(${inside})`, (plot.left + plot.right) / 2, plot.top - 10);
        const [low, high] = flat.film.extent[axis];
        const curve = Array.from({ length: count }, (_, n) => {
          const one = values[(2 * before + axis) * count + n];
          const other = values[(2 * after + axis) * count + n];
          return [plot.x(low + (n / (count - 1)) * (high - low)), plot.y((1 - share) * one + share * other)];
        });
        const way = [];
        for (let k = 0; k <= Math.floor(m); k++) way.push([plot.x(run.coordinate(0, axis, k)), plot.y(run.value(0, k))]);
        way.push([plot.x(here[axis]), plot.y(value)]);
        flat.inside(brush, plot, () => {
          flat.line(brush, curve, flat.theme.curve, 3);
          flat.line(brush, way, flat.theme.trail, 1.6);
          way.slice(0, -1).forEach(([x, y]) => {
            brush.beginPath();
            brush.arc(x, y, 2.6, 0, 2 * Math.PI);
            brush.fillStyle = flat.theme.trail;
            brush.fill();
          });
          flat.ball(brush, plot.x(here[axis]), plot.y(value), 7, flat.theme.point, { r: 0, i: 0 });
        });
      });
    };
  },
};
